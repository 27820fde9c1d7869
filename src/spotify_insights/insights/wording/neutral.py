"""Neutral: what there is, in order, without a verdict."""

PHRASES: dict[str, tuple[str, ...]] = {
    "title.nights": (
        "Much of your music plays [after midnight](hours.night_share)",
        "Your music runs [past midnight](hours.night_share)",
    ),
    "title.artist_share": (
        "[{}](artists.top) takes [{}](artists.top_share) of your plays",
        "[{}](artists.top_share) of your plays go to [{}](artists.top)",
    ),
    "title.repeat": (
        "“[{}](tracks.top)” keeps coming back",
        "You return to “[{}](tracks.top)” more than to anything else",
    ),
    "title.part": (
        "Your music belongs to the [{}s](hours.strongest_part)",
        "You listen most in the [{}s](hours.strongest_part)",
    ),
    "title.even": (
        "Your plays are spread [evenly](artists.evenness) over [{}](artists.distinct)",
        "[{}](artists.distinct) share your plays [almost evenly](artists.evenness)",
    ),
    "title.days": (
        "There is music on [{#}](days.active) of [{}](days.span)",
        "Music is part of [{#}](days.active) of your [{}](days.span)",
    ),
    "title.genre": ("Your list leans towards [{}](genres.top)",),
    "title.artist": (
        "[{}](artists.top) stands at the top of your list",
        "Your list is led by [{}](artists.top)",
    ),
    "title.time": ("Your record holds [{}](listening.time) of music",),
    "title.plays": ("Your record is [{}](listening.plays) long",),
    "title.tracks": ("Your list holds [{}](tracks.looked_at)",),
    "title.missing": ("There is no music on record yet",),
    "amount.often": (
        "Music has a fixed place: [{}](listening.time), on [{#}](days.active) of [{}](days.span).",
        "On [{#}](days.active) of [{}](days.span) there is music, [{}](listening.time) in all.",
    ),
    "amount.some": (
        "You play [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span).",
        "The record shows [{}](listening.time) of music on [{#}](days.active) of [{}](days.span).",
    ),
    "amount.rare": (
        "You play [{}](listening.time) of music on only [{#}](days.active) of [{}](days.span).",
        "Music is occasional: [{}](listening.time), on [{#}](days.active) of [{}](days.span).",
    ),
    "amount.short": (
        "The [{}](days.span) on record hold [{}](listening.time) of music.",
        "Within [{}](days.span) you play [{}](listening.time) of music.",
    ),
    "amount.time": (
        "You play [{}](listening.time) of music.",
        "The record holds [{}](listening.time) of music.",
    ),
    "amount.plays": ("None of it adds up to a minute of music.",),
    "amount.estimated": ("Time is estimated from track lengths.",),
    "amount.artists": (
        "That is [{}](listening.plays) and [{}](artists.distinct).",
        "It comes to [{}](listening.plays) across [{}](artists.distinct).",
    ),
    "amount.ranked": (
        (
            "There are no plays on record, so this rests on Spotify's ranking of "
            "[{}](tracks.looked_at)."
        ),
    ),
    "amount.thin": ("That is too little for a pattern; more plays will show when and what.",),
    "when.part": (
        (
            "The [{}](hours.strongest_part) is the strongest part of the day, with "
            "[{}](hours.strongest) of the time."
        ),
        (
            "[{}](hours.strongest) of the time falls in the [{}](hours.strongest_part), more "
            "than in any other part of the day."
        ),
    ),
    "when.night_much": (
        "The hours after midnight hold [{}](hours.night_share).",
        "A good deal, [{}](hours.night_share), starts after midnight.",
    ),
    "when.night_some": (
        "[{}](hours.night_share) starts after midnight.",
        "The hours after midnight add [{}](hours.night_share).",
    ),
    "when.night_none": (
        "After midnight there is [next to nothing](hours.night_share).",
        "[Next to nothing](hours.night_share) starts after midnight.",
    ),
    "what.artist_share": (
        "Your most played artist is [{}](artists.top), with [{}](artists.top_share) of the plays.",
        "You play [{}](artists.top) most: [{}](artists.top_share) of the plays.",
    ),
    "what.artist_plays": (
        "Your most played artist, [{}](artists.top), has [{}](artists.top_plays).",
        "[{}](artists.top_plays) belong to [{}](artists.top).",
    ),
    "what.artist_ranked": (
        "Spotify places [{}](artists.top) at the top of your artists.",
        "At the top of your artists, Spotify lists [{}](artists.top).",
    ),
    "what.track": (
        (
            "The track you play most is “[{}](tracks.top)” by [{}](tracks.top_artist), with "
            "[{}](tracks.top_plays)."
        ),
    ),
    "what.track_same": (
        "Their “[{}](tracks.top)” is also your most played track, with [{}](tracks.top_plays).",
    ),
    "what.track_ranked": (
        "At the top of your tracks is “[{}](tracks.top)” by [{}](tracks.top_artist).",
    ),
    "what.even": (
        "Plays are spread [evenly](artists.evenness) over the artists.",
        "No artist dominates: plays are spread [evenly](artists.evenness).",
    ),
    "what.mixed": (
        "You have favourites, and [room beside them](artists.evenness).",
        "Plays [lean towards some artists](artists.evenness) without leaving the others out.",
    ),
    "what.narrow": (
        "Plays are [concentrated on a few artists](artists.evenness).",
        "Your plays gather [around a small circle of artists](artists.evenness).",
    ),
    "what.genre": (
        (
            "Among genres, [{}](genres.top) leads with [{}](genres.top_share); genres are known "
            "for [{}](genres.coverage) of your top artists."
        ),
    ),
    "what.mood": (
        (
            "The leading mood is [{}](moods.top), with [{}](moods.top_share). Moods are "
            "estimated from genres and cover [{}](moods.coverage) of your top tracks."
        ),
    ),
    "what.lively": ("Taken together, they are [on the lively side](moods.score).",),
    "what.balanced": (
        "Taken together, they are [balanced between lively and quiet](moods.score).",
    ),
    "what.quiet": ("Taken together, they are [on the quiet side](moods.score).",),
    "close": (),
    "missing.what": (
        (
            "This snapshot has no plays and no top lists, so there is nothing to say about when "
            "or what you listen to."
        ),
    ),
    "missing.fill": (
        (
            "Import your Spotify export, or connect your account and play some music. The next "
            "insight will have something to work with."
        ),
    ),
    "nudge.night": (
        "Try ending the music before midnight on some days, and compare how the days feel.",
        "On some evenings, let the last song play before midnight.",
    ),
    "nudge.daily": (
        "Music is there nearly every day. A day without it could be worth a try.",
        "Leave a day quiet now and then, and see what you notice.",
    ),
    "nudge.rare": (
        "A song tied to something you do daily, such as breakfast, makes music more regular.",
    ),
    "nudge.part": (
        "Try your [{}](hours.strongest_part) music at another time of day and see what changes.",
        (
            "Use a different part of the day for the music you save for the "
            "[{}](hours.strongest_part)."
        ),
    ),
    "nudge.narrow": (
        "For an hour, pick only artists you rarely play.",
        "Start with an artist from the far end of your list.",
    ),
    "nudge.wide": (
        "Choose an artist you like and stay for a whole album.",
        "Listen to an album from start to finish.",
    ),
    "nudge.list": ("Pick a name from the lower end of your list and start there.",),
    "nudge.lively": ("Keep a calm record at hand for the end of the day.",),
    "nudge.quiet": ("Keep a lively record at hand for when you want some pace.",),
}

"""Supportive: warm and unhurried; whatever you play is fine."""

PHRASES: dict[str, tuple[str, ...]] = {
    "title.nights": (
        "Music keeps you company [after midnight](hours.night_share)",
        "Your [late hours](hours.night_share) are not silent ones",
    ),
    "title.artist_share": (
        "You keep [{}](artists.top) close, with [{}](artists.top_share) of your plays",
        "[{}](artists.top) is with you for [{}](artists.top_share) of your plays",
    ),
    "title.repeat": (
        "“[{}](tracks.top)” is a place you like to return to",
        "You have a home song, and it is “[{}](tracks.top)”",
    ),
    "title.part": (
        "Music keeps your [{}s](hours.strongest_part) company",
        "Your [{}s](hours.strongest_part) have a soundtrack",
    ),
    "title.even": (
        (
            "There is room for [{}](artists.distinct) in your listening, and "
            "[evenly](artists.evenness)"
        ),
        "You give [{}](artists.distinct) [a fair hearing](artists.evenness)",
    ),
    "title.days": (
        "Music is beside you on [{#}](days.active) of [{}](days.span)",
        "You find time for music on [{#}](days.active) of [{}](days.span)",
    ),
    "title.genre": ("You feel at home in [{}](genres.top)",),
    "title.artist": (
        "You and [{}](artists.top) get along",
        "[{}](artists.top) is good company for you",
    ),
    "title.time": ("You make room for [{}](listening.time) of music",),
    "title.plays": ("A gentle start with [{}](listening.plays)",),
    "title.tracks": ("You keep [{}](tracks.looked_at) close",),
    "title.missing": ("A quiet page, ready when you are",),
    "amount.often": (
        (
            "You make room for [{}](listening.time) of music, and you do it on "
            "[{#}](days.active) of [{}](days.span). It is a habit you clearly look after."
        ),
        (
            "On [{#}](days.active) of [{}](days.span) you let music in, for "
            "[{}](listening.time) in all. That is a steady companion."
        ),
    ),
    "amount.some": (
        (
            "You make room for [{}](listening.time) of music, on [{#}](days.active) of "
            "[{}](days.span). The quiet days are fine as well."
        ),
        (
            "There is music on [{#}](days.active) of [{}](days.span), [{}](listening.time) of "
            "it. You take it when it suits you."
        ),
    ),
    "amount.rare": (
        (
            "You take [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span). "
            "It can be a treat rather than a routine."
        ),
        (
            "Music visits on [{#}](days.active) of [{}](days.span), for [{}](listening.time). "
            "There is no quota to fill."
        ),
    ),
    "amount.short": (
        "Within [{}](days.span) you make room for [{}](listening.time) of music.",
        "You let in [{}](listening.time) of music within [{}](days.span).",
    ),
    "amount.time": (
        "You make room for [{}](listening.time) of music.",
        "You give yourself [{}](listening.time) of music.",
    ),
    "amount.plays": ("It does not add up to a minute yet, and it is a beginning all the same.",),
    "amount.estimated": ("The time is an estimate from track lengths.",),
    "amount.artists": (
        "It spans [{}](listening.plays) and [{}](artists.distinct).",
        "You are in the company of [{}](artists.distinct), over [{}](listening.plays).",
    ),
    "amount.ranked": (
        (
            "No plays are on record yet. What is here comes from Spotify's ranking of "
            "[{}](tracks.looked_at), and that already says something."
        ),
    ),
    "amount.thin": ("It is early days. A little more listening, and your habits will show.",),
    "when.part": (
        (
            "The [{}](hours.strongest_part) seems to suit you: it holds [{}](hours.strongest) "
            "of your listening."
        ),
        (
            "You lean on the [{}s](hours.strongest_part), with [{}](hours.strongest) of your "
            "listening."
        ),
    ),
    "when.night_much": (
        "The late hours matter too, with [{}](hours.night_share) after midnight.",
        "And [{}](hours.night_share) stays with you past midnight.",
    ),
    "when.night_some": (
        "A little, [{}](hours.night_share), drifts past midnight.",
        "[{}](hours.night_share) lingers after midnight.",
    ),
    "when.night_none": (
        "After midnight it is quiet, with [next to nothing](hours.night_share) playing.",
        "You keep the small hours for yourself: [next to nothing](hours.night_share) plays then.",
    ),
    "what.artist_share": (
        (
            "You come back to [{}](artists.top) more than to any other artist, for "
            "[{}](artists.top_share) of your plays."
        ),
        (
            "[{}](artists.top) is the voice you choose most, with [{}](artists.top_share) of "
            "your plays."
        ),
    ),
    "what.artist_plays": (
        "You choose [{}](artists.top) for [{}](artists.top_plays), more than any other artist.",
        "With [{}](artists.top_plays), [{}](artists.top) is the name you reach for most.",
    ),
    "what.artist_ranked": (
        "Spotify sees [{}](artists.top) closest to you among your artists.",
        "Of all your artists, Spotify lists [{}](artists.top) at the top.",
    ),
    "what.track": (
        (
            "When you want a song you can trust, it is “[{}](tracks.top)” by "
            "[{}](tracks.top_artist): you chose it for [{}](tracks.top_plays)."
        ),
    ),
    "what.track_same": (
        "Their “[{}](tracks.top)” is the song you trust most, with [{}](tracks.top_plays).",
    ),
    "what.track_ranked": (
        "The song closest to you is “[{}](tracks.top)” by [{}](tracks.top_artist).",
    ),
    "what.even": (
        "No favourite pushes the others out: your attention is [shared evenly](artists.evenness).",
        "You listen [with an open door](artists.evenness), and many names come in.",
    ),
    "what.mixed": (
        "Favourites lead, and the others [keep their place](artists.evenness).",
        "You have your favourites and still [leave the door open](artists.evenness).",
    ),
    "what.narrow": (
        "You keep a [small, trusted circle](artists.evenness) of artists, and that is a comfort.",
        "You know what you like and [stay close to it](artists.evenness).",
    ),
    "what.genre": (
        (
            "Of the genres around you, [{}](genres.top) is the nearest, with "
            "[{}](genres.top_share). They are known for [{}](genres.coverage) of your top "
            "artists."
        ),
    ),
    "what.mood": (
        (
            "Going by genres, the mood you choose most is [{}](moods.top), with "
            "[{}](moods.top_share). It is an estimate that covers [{}](moods.coverage) of your "
            "top tracks."
        ),
    ),
    "what.lively": ("All in all you like it [a little lively](moods.score).",),
    "what.balanced": ("All in all there is [room for lively and for quiet](moods.score).",),
    "what.quiet": ("All in all you like it [on the quiet side](moods.score).",),
    "close": (
        "Keep what does you good.",
        "You know best what does you good.",
    ),
    "missing.what": (
        (
            "There are no plays and no top lists here yet, and nothing will be made up to fill "
            "the space."
        ),
    ),
    "missing.fill": (
        (
            "Whenever you like, import your Spotify export, or connect your account and play "
            "something. Your story can start from there."
        ),
    ),
    "nudge.night": (
        "If a night runs long, let a quiet album be the last guest. You decide when it ends.",
        "Now and then, allow yourself to let the evening end with the song that is playing.",
    ),
    "nudge.daily": (
        "You may leave a day silent now and then. The music will wait for you.",
        "A quiet day is allowed too. Nothing is lost by it.",
    ),
    "nudge.rare": ("If you miss music on the other days, a song over breakfast is enough.",),
    "nudge.part": (
        (
            "What works for you in the [{}](hours.strongest_part) may be kind to you at another "
            "hour as well."
        ),
        "Borrow some of your [{}](hours.strongest_part) music for an hour that feels long.",
    ),
    "nudge.narrow": (
        "When you feel like it, let a less familiar artist sit beside your favourites.",
        "There is no hurry, but a name you rarely play may be worth an afternoon.",
    ),
    "nudge.wide": (
        "With so many voices around, give yourself a whole album by a favourite.",
        "Stay with an artist you love for an album. Variety will still be there tomorrow.",
    ),
    "nudge.list": ("A name from lower on your list may be glad of a visit.",),
    "nudge.lively": ("Keep something soft within reach for when the day has been loud enough.",),
    "nudge.quiet": ("Keep something lively within reach, for a moment that asks for it.",),
}

"""Encouraging: looks ahead; what you have is a start for what comes next."""

PHRASES: dict[str, tuple[str, ...]] = {
    "title.nights": (
        "You have [the late hours](hours.night_share), and the day is still free",
        "The night shift is yours, on air [after midnight](hours.night_share)",
    ),
    "title.artist_share": (
        "You know what you love: [{}](artists.top), for [{}](artists.top_share) of your plays",
        "[{}](artists.top) has your trust, and [{}](artists.top_share) of your plays",
    ),
    "title.repeat": (
        "You know your anthem, and it is “[{}](tracks.top)”",
        "“[{}](tracks.top)” gets you going",
    ),
    "title.part": (
        "You own the [{}s](hours.strongest_part)",
        "Your [{}s](hours.strongest_part) already have their rhythm",
    ),
    "title.even": (
        "[{}](artists.distinct), [evenly heard](artists.evenness): your ears are open",
        "You give [{}](artists.distinct) [a real chance](artists.evenness)",
    ),
    "title.days": (
        "Music on [{#}](days.active) of [{}](days.span), and going strong",
        "You show up for music on [{#}](days.active) of [{}](days.span)",
    ),
    "title.genre": ("You have a direction, and it is [{}](genres.top)",),
    "title.artist": (
        "[{}](artists.top) leads, and there is plenty to explore from there",
        "You have a favourite to build on: [{}](artists.top)",
    ),
    "title.time": ("You have [{}](listening.time) of music to build on",),
    "title.plays": ("You have begun, with [{}](listening.plays)",),
    "title.tracks": ("You have [{}](tracks.looked_at) to start from",),
    "title.missing": ("Everything is ready for your opening song",),
    "amount.often": (
        (
            "Look at that: music on [{#}](days.active) of [{}](days.span), "
            "[{}](listening.time) of it. You have made it a habit."
        ),
        (
            "With [{}](listening.time) of music on [{#}](days.active) of [{}](days.span), you "
            "keep showing up. Carry on."
        ),
    ),
    "amount.some": (
        (
            "You have [{}](listening.time) of music behind you, on [{#}](days.active) of "
            "[{}](days.span). The rhythm is there."
        ),
        (
            "You find music on [{#}](days.active) of [{}](days.span), [{}](listening.time) of "
            "it. That is a good base."
        ),
    ),
    "amount.rare": (
        (
            "You have [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span). "
            "Every free day is a chance for another song."
        ),
        (
            "So far you play on [{#}](days.active) of [{}](days.span), [{}](listening.time) in "
            "all. There is lots of room to grow."
        ),
    ),
    "amount.short": (
        "Within [{}](days.span) you already have [{}](listening.time) of music behind you.",
        "A good start: [{}](listening.time) of music within [{}](days.span).",
    ),
    "amount.time": (
        "You have [{}](listening.time) of music behind you.",
        "That is [{}](listening.time) of music to build on.",
    ),
    "amount.plays": ("It is less than a minute so far. Every collection starts small.",),
    "amount.estimated": ("The time is estimated from track lengths.",),
    "amount.artists": (
        (
            "That makes [{}](listening.plays) and [{}](artists.distinct), so there is always "
            "somewhere to go."
        ),
        "Count [{}](listening.plays) and [{}](artists.distinct), and each is a door.",
    ),
    "amount.ranked": (
        (
            "No plays are on record yet, so this starts from Spotify's ranking of "
            "[{}](tracks.looked_at). Press play, and the rest follows."
        ),
    ),
    "amount.thin": ("A few more sessions, and your patterns come out. Keep playing.",),
    "when.part": (
        (
            "Your strongest hours are in the [{}](hours.strongest_part), with "
            "[{}](hours.strongest) of your time. That is a base to work from."
        ),
        (
            "The [{}](hours.strongest_part) is where you shine: [{}](hours.strongest) of your "
            "time is there."
        ),
    ),
    "when.night_much": (
        (
            "Another [{}](hours.night_share) comes after midnight. Imagine what that energy does "
            "by daylight."
        ),
        (
            "After midnight you go on for [{}](hours.night_share) more. Bring some of that into "
            "the day."
        ),
    ),
    "when.night_some": (
        "Only [{}](hours.night_share) waits until after midnight.",
        "You save [{}](hours.night_share) for after midnight.",
    ),
    "when.night_none": (
        (
            "With [next to nothing](hours.night_share) after midnight, you leave the small hours "
            "alone."
        ),
        "You call it a day before midnight: [next to nothing](hours.night_share) plays later.",
    ),
    "what.artist_share": (
        (
            "[{}](artists.top) leads your artists, with [{}](artists.top_share) of your plays. "
            "Follow that thread."
        ),
        "[{}](artists.top) is your best guide so far, with [{}](artists.top_share) of your plays.",
    ),
    "what.artist_plays": (
        "You give [{}](artists.top) [{}](artists.top_plays). Follow that thread.",
        "With [{}](artists.top_plays), [{}](artists.top) is your best guide so far.",
    ),
    "what.artist_ranked": (
        "Spotify puts [{}](artists.top) at the top of your artists. Start there and branch out.",
        (
            "With [{}](artists.top) at the top of your artists, you have a fine place to set out "
            "from."
        ),
    ),
    "what.track": (
        (
            "Your anthem is “[{}](tracks.top)” by [{}](tracks.top_artist), with "
            "[{}](tracks.top_plays) and counting."
        ),
    ),
    "what.track_same": (
        "Their “[{}](tracks.top)” is your anthem, with [{}](tracks.top_plays) and counting.",
    ),
    "what.track_ranked": (
        "Your anthem, says Spotify, is “[{}](tracks.top)” by [{}](tracks.top_artist).",
    ),
    "what.even": (
        "You listen [widely and evenly](artists.evenness), which is the best way to be surprised.",
        "Your plays are [spread evenly](artists.evenness). Curiosity like that pays off.",
    ),
    "what.mixed": (
        "You balance favourites [with other names](artists.evenness). Keep that door open.",
        "You have favourites [and an appetite](artists.evenness). Good ground to explore from.",
    ),
    "what.narrow": (
        "You go [deep rather than wide](artists.evenness), so a new name is an easy win.",
        "Your circle is [small and strong](artists.evenness). There is room for another chair.",
    ),
    "what.genre": (
        (
            "With [{}](genres.top_share), [{}](genres.top) leads your genres, known for "
            "[{}](genres.coverage) of your top artists. See where its neighbours take you."
        ),
    ),
    "what.mood": (
        (
            "The mood in front is [{}](moods.top), with [{}](moods.top_share), estimated from "
            "genres for [{}](moods.coverage) of your top tracks."
        ),
    ),
    "what.lively": ("Your list [has drive](moods.score). Put it to use.",),
    "what.balanced": ("Your list [can lift and can settle](moods.score). That is range.",),
    "what.quiet": ("Your list [knows how to take its time](moods.score). That is a strength.",),
    "close": (
        "The next good song is already out there.",
        "Now go and play something.",
    ),
    "missing.what": ("There are no plays and no top lists yet, so the page is yours to fill.",),
    "missing.fill": (
        (
            "Import your Spotify export and see your whole history at a glance, or connect your "
            "account and press play. You are a song away from a start."
        ),
    ),
    "nudge.night": (
        "Move a late session to the evening this week and see how far its energy carries.",
        "Pick an evening, start earlier, and finish on a high before midnight.",
    ),
    "nudge.daily": (
        "You have the habit. Try a silent day and enjoy how good the comeback sounds.",
        "Take a day off from music, then choose your comeback song with care.",
    ),
    "nudge.rare": ("Pick a song for tomorrow morning, and you have already begun.",),
    "nudge.part": (
        "Take what works in the [{}](hours.strongest_part) and try it at a new hour this week.",
        (
            "Give another part of the day its own opening song. You already know how, from your "
            "[{}s](hours.strongest_part)."
        ),
    ),
    "nudge.narrow": (
        "Let a favourite lead you on: play an artist you hardly know right after it.",
        "Challenge yourself to an album by an artist outside your circle this week.",
    ),
    "nudge.wide": (
        "You explore so well. Now go deep: choose an artist and hear a whole album.",
        "Pick your best find and stay with it for an album.",
    ),
    "nudge.list": ("Start from the far end of your list today and work upwards.",),
    "nudge.lively": ("Build yourself a slow list for the way down. You already have the climb.",),
    "nudge.quiet": ("Find a song that makes you move, and keep it for the right minute.",),
}

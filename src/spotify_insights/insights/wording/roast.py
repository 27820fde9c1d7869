"""Roast: dry, never loud, and kind at the end."""

PHRASES: dict[str, tuple[str, ...]] = {
    "title.nights": (
        "You and the fridge light, [after midnight](hours.night_share)",
        "The neighbours know your taste [past midnight](hours.night_share)",
    ),
    "title.artist_share": (
        "[{}](artists.top) gets [{}](artists.top_share), the rest get visiting hours",
        "You have a library and [{}](artists.top), who takes [{}](artists.top_share) of it",
    ),
    "title.repeat": (
        "“[{}](tracks.top)” would like a day off",
        "There is a repeat button, and you and “[{}](tracks.top)” live on it",
    ),
    "title.part": (
        "Outside your [{}s](hours.strongest_part), the speakers get bored",
        "You are a person of taste, mostly in the [{}s](hours.strongest_part)",
    ),
    "title.even": (
        "[{}](artists.distinct), and you [commit to none of them](artists.evenness)",
        "You treat [{}](artists.distinct) like [a buffet](artists.evenness)",
    ),
    "title.days": (
        "Music on [{#}](days.active) of [{}](days.span): silence must have offended you",
        "Silence gets no work with you, music has [{#}](days.active) of [{}](days.span)",
    ),
    "title.genre": ("We get it, you like [{}](genres.top)",),
    "title.artist": (
        "Nobody is surprised that it is [{}](artists.top)",
        "All that music in the world, and then [{}](artists.top) again",
    ),
    "title.time": ("That makes [{}](listening.time) of music, for the record",),
    "title.plays": ("A bold body of evidence: [{}](listening.plays)",),
    "title.tracks": ("You own up to [{}](tracks.looked_at), with not a play on record",),
    "title.missing": ("A flawless record, mainly because it is empty",),
    "amount.often": (
        (
            "You play [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span). "
            "Somewhere, a quiet room is still waiting for you."
        ),
        (
            "There is music on [{#}](days.active) of [{}](days.span), [{}](listening.time) of "
            "it. Your own thoughts can hardly get a word in."
        ),
    ),
    "amount.some": (
        (
            "You play [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span). "
            "A routine it is not. Call it jazz."
        ),
        (
            "There is music on [{#}](days.active) of [{}](days.span), [{}](listening.time) of "
            "it, with the regularity of a country bus."
        ),
    ),
    "amount.rare": (
        (
            "You play [{}](listening.time) of music, on [{#}](days.active) of [{}](days.span). "
            "Your headphones have filed a missing person report."
        ),
        (
            "There is music on [{#}](days.active) of [{}](days.span), [{}](listening.time) in "
            "all. Rare, like a comet, and about as useful for dancing."
        ),
    ),
    "amount.short": (
        "You play [{}](listening.time) of music within [{}](days.span). We had plans, too.",
        (
            "Within [{}](days.span) you get through [{}](listening.time) of music, presumably "
            "unarmed."
        ),
    ),
    "amount.time": (
        "You play [{}](listening.time) of music. Somebody has to.",
        (
            "The record shows [{}](listening.time) of music, and the record does not judge. This "
            "page does."
        ),
    ),
    "amount.plays": ("It does not add up to a minute. Try to contain yourself.",),
    "amount.estimated": (
        "The time is estimated from track lengths, which assumes that you let songs finish.",
    ),
    "amount.artists": (
        "It takes you [{}](listening.plays) and [{}](artists.distinct) to get there.",
        "The accused: [{}](artists.distinct). The charge: [{}](listening.plays).",
    ),
    "amount.ranked": (
        (
            "There are no plays on record, so Spotify's ranking of [{}](tracks.looked_at) has to "
            "testify against you."
        ),
    ),
    "amount.thin": ("That is not a taste yet, it is a rumour. Play more, and we will talk.",),
    "when.part": (
        (
            "The [{}](hours.strongest_part) gets [{}](hours.strongest) of your time. The rest "
            "of the day gets whatever is left of your personality."
        ),
        (
            "You spend [{}](hours.strongest) of your listening in the "
            "[{}](hours.strongest_part), and the furniture knows every word."
        ),
    ),
    "when.night_much": (
        "Another [{}](hours.night_share) comes after midnight, when all songs are deep.",
        "And [{}](hours.night_share) happens after midnight, when nobody can stop you.",
    ),
    "when.night_some": (
        "A modest [{}](hours.night_share) slips out after midnight. We saw it.",
        "After midnight it is [{}](hours.night_share), the portion you would rather not discuss.",
    ),
    "when.night_none": (
        "After midnight there is [next to nothing](hours.night_share). Wild.",
        (
            "Rock and roll, it turns out, is home before midnight: [next to "
            "nothing](hours.night_share) plays later."
        ),
    ),
    "what.artist_share": (
        (
            "With all those names to choose from, [{}](artists.top) still gets "
            "[{}](artists.top_share) of your plays. You have a type."
        ),
        (
            "You give [{}](artists.top_share) of your plays to [{}](artists.top). They have not "
            "asked, but they know."
        ),
    ),
    "what.artist_plays": (
        "[{}](artists.top) has had [{}](artists.top_plays) and, at this point, a case for rent.",
        "That makes [{}](artists.top_plays) for [{}](artists.top), who did not ask, but knows.",
    ),
    "what.artist_ranked": (
        (
            "Spotify puts [{}](artists.top) at the top of your artists, and you are in no "
            "position to argue."
        ),
        "At the top of your artists sits [{}](artists.top), looking comfortable.",
    ),
    "what.track": (
        (
            "“[{}](tracks.top)” by [{}](tracks.top_artist) has put up with you for "
            "[{}](tracks.top_plays)."
        ),
    ),
    "what.track_same": (
        (
            "Their “[{}](tracks.top)” has been through [{}](tracks.top_plays) and knows your "
            "ceiling by heart."
        ),
    ),
    "what.track_ranked": (
        (
            "Your top track is “[{}](tracks.top)” by [{}](tracks.top_artist), which explains a "
            "few things."
        ),
    ),
    "what.even": (
        "Your plays are [spread so evenly](artists.evenness) that it looks like a tax plan.",
        "You hand out plays [like flyers](artists.evenness): everybody gets some, nobody asked.",
    ),
    "what.mixed": (
        "You have favourites and [keep the others on hold](artists.evenness).",
        "You [play the field](artists.evenness), though everyone can see who you walk home with.",
    ),
    "what.narrow": (
        "Your circle of artists is [so small](artists.evenness) that it could share a taxi.",
        "Your taste is [a gated community](artists.evenness), and the guard knows all the names.",
    ),
    "what.genre": (
        (
            "As for genres, [{}](genres.top) leads with [{}](genres.top_share). For "
            "[{}](genres.coverage) of your top artists we know the genre; the others can still "
            "surprise us."
        ),
    ),
    "what.mood": (
        (
            "The leading mood is [{}](moods.top), with [{}](moods.top_share), estimated from "
            "genres for [{}](moods.coverage) of your top tracks. The tracks declined to comment."
        ),
    ),
    "what.lively": ("The whole thing [will not sit still](moods.score).",),
    "what.balanced": ("The whole thing [cannot decide](moods.score), which is called range.",),
    "what.quiet": ("The whole thing [speaks very softly](moods.score). We leaned in.",),
    "close": (
        "All the same, you press play like somebody who means it. Never stop.",
        "Honestly, though: it is good company you keep. Stay as you are.",
        "For all that, anybody who listens this way is fine by us.",
    ),
    "missing.what": (
        "There are no plays and no top lists here. It is hard to mock silence, and we did try.",
    ),
    "missing.fill": (
        (
            "Import your Spotify export, or connect your account and play something you would "
            "deny in public. We will be fair. You are welcome here either way."
        ),
    ),
    "nudge.night": (
        "Let an evening end before midnight. The songs know the way back by daylight too.",
        "Close the curtain before midnight now and then. An encore tomorrow still counts.",
    ),
    "nudge.daily": (
        "Try a day without music. It is the thing you hear when the song ends.",
        "Give silence a trial day. It has excellent reviews and no adverts.",
    ),
    "nudge.rare": ("Your speakers work on the other days as well. Ask them.",),
    "nudge.part": (
        "There are hours outside the [{}](hours.strongest_part). Some of them are quite nice.",
        "Let your music out at another hour. The [{}](hours.strongest_part) will cope.",
    ),
    "nudge.narrow": (
        "Play somebody else for an afternoon. Your favourites will not hear of it from us.",
        "Other artists exist. A few of them even return calls.",
    ),
    "nudge.wide": (
        "Play an album to the end. It is the long thing that songs come from.",
        "Commit to an album. Nobody is asking for marriage.",
    ),
    "nudge.list": ("Scroll to the far end of your list. They live there too, you know.",),
    "nudge.lively": ("Add something slow. Even drums need to sit down.",),
    "nudge.quiet": ("Add something with drums. Furniture enjoys a scare.",),
}

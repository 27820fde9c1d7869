"""The sentences of each tone, as data: a key, and the ways to say it.

Every tone has the same keys. Claims are marked as `insights.text` says. A sentence speaks of
"you", in the present, and asserts nothing beyond the facts it cites.
"""

from collections.abc import Mapping, Sequence

from spotify_insights.insights.wording import encouraging, neutral, roast, supportive
from spotify_insights.models.insight import Tone

Phrases = Mapping[str, Sequence[str]]

PHRASES: Mapping[Tone, Phrases] = {
    Tone.NEUTRAL: neutral.PHRASES,
    Tone.SUPPORTIVE: supportive.PHRASES,
    Tone.ENCOURAGING: encouraging.PHRASES,
    Tone.ROAST: roast.PHRASES,
}

# Patterns are told in the same words in every tone.
PATTERNS = (
    "[{}](listening.time) of music",
    "Music on [{#}](days.active) of [{}](days.span)",
    "Strongest part of the day: the [{}](hours.strongest_part), [{}](hours.strongest) of the time",
    "After midnight: [{}](hours.night_share) of the time",
    "Plays by [{}](artists.distinct)",
    "Most played artist: [{}](artists.top), [{}](artists.top_share) of the plays",
    "Most played track: “[{}](tracks.top)”, [{}](tracks.top_plays)",
    "Leading genre of your top artists: [{}](genres.top), [{}](genres.top_share)",
    "Leading mood of your top tracks: [{}](moods.top), [{}](moods.top_share), estimated",
)

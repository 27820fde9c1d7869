"""What an insight says, counted a second time from what the demo Spotify answers over HTTP.

Nothing here comes from the product: the definitions are stated again, in plain Python.
"""

import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import httpx2

TOKEN = {"authorization": "Bearer BQD..."}
COUNTED = timedelta(seconds=30)
PARTS = {"night": 0, "morning": 6, "afternoon": 12, "evening": 18}
# The first family with a word that stands in one of an artist's genres decides.
MOODS = {
    "melancholic": ["blues", "darkwave", "emo", "goth", "sad", "shoegaze", "slowcore"],
    "calm": [
        *("acoustic", "ambient", "chill", "classical", "folk", "jazz", "lo-fi", "lofi"),
        *("new age", "piano", "singer-songwriter"),
    ],
    "energetic": [
        *("dance", "drum and bass", "edm", "electro", "hip hop", "house", "metal", "punk"),
        *("rap", "rock", "techno"),
    ],
    "bright": ["afrobeat", "disco", "funk", "latin", "pop", "reggae", "ska", "soul"],
}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Answers(NamedTuple):
    artists: list
    tracks: list
    recent: list


class Play(NamedTuple):
    started_at: datetime
    length: timedelta
    track: dict

    @property
    def is_counted(self):
        return self.length >= COUNTED


def hold_hour(demo_url):
    """New plays come with the full hour: keep the demo's clock away from the next one."""
    now = datetime.now(UTC)
    into_the_hour = now - now.replace(minute=5, second=0, microsecond=0)
    offset = {"clock_offset_s": -round(into_the_hour.total_seconds())}
    httpx2.put(f"{demo_url}/demo/switches", json=offset).raise_for_status()


def ask(demo_url, time_range="medium_term") -> Answers:
    """The three answers that a first ingest rests on."""
    top = {"time_range": time_range, "limit": 50}
    asked = (("top/artists", top), ("top/tracks", top), ("player/recently-played", {"limit": 50}))
    with httpx2.Client(base_url=f"{demo_url}/v1/me", headers=TOKEN) as demo:
        return Answers(*(_items(demo.get(f"/{path}", params=how)) for path, how in asked))


def facts_of(answers: Answers) -> dict[str, float | str]:
    """Every value that an insight on these answers may tell, by the id of its evidence."""
    plays = list(_plays(answers.recent))
    return {
        **_amounts(plays),
        **_parts_of_day(plays),
        **_names(answers),
        **_variety(plays),
        **_genres(answers.artists),
        **_moods(answers.artists, answers.tracks),
        "tracks.looked_at": len(_looked_at(plays, answers.tracks)),
    }


def numbers_in(text: str) -> set[float]:
    return {float(number.replace(",", "")) for number in NUMBER.findall(text)}


def numbers_of(facts) -> set[float]:
    return {float(value) for value in facts.values() if not isinstance(value, str)}


def _items(answer):
    return answer.raise_for_status().json()["items"]


def _plays(recent):
    """A play lasts as long as its track, at most from the end of the play before."""
    ordered = sorted(recent, key=lambda item: item["played_at"])
    ends = [datetime.fromisoformat(item["played_at"]) for item in ordered]
    gaps = [timedelta.max, *(end - before for before, end in pairwise(ends))]
    for item, ended_at, gap in zip(ordered, ends, gaps, strict=True):
        length = min(timedelta(milliseconds=item["track"]["duration_ms"]), gap)
        yield Play((ended_at - length).replace(microsecond=0), length, item["track"])


def _amounts(plays):
    time = sum((play.length for play in plays), timedelta())
    minutes = _whole(time / timedelta(minutes=1))
    days = {play.started_at.date() for play in plays}
    return {
        "listening.time": minutes
        if minutes < 60
        else _whole(10 * (time / timedelta(hours=1))) / 10,
        "listening.plays": len(plays),
        "days.active": len(days),
        "days.span": (max(days) - min(days)).days + 1,
    }


def _parts_of_day(plays):
    """Hours are kept with three decimals, and shares are taken of those."""
    times = dict.fromkeys(PARTS, timedelta())
    for play in plays:
        part = max((hour, part) for part, hour in PARTS.items() if hour <= play.started_at.hour)[1]
        times[part] += play.length
    hours = {part: round(time / timedelta(hours=1), 3) for part, time in times.items()}
    shares = {part: value / sum(hours.values()) for part, value in hours.items()}
    return {
        **{f"hours.{part}_share": _percent(share) for part, share in shares.items()},
        "hours.strongest_part": max(shares, key=shares.__getitem__),
    }


def _names(answers):
    return {
        "artists.top": answers.artists[0]["name"],
        "tracks.top": answers.tracks[0]["name"],
        "tracks.top_artist": _artist(answers.tracks[0]),
    }


def _variety(plays):
    """Evenness is the entropy of the plays over the artists, as a share of the most possible."""
    artists = Counter(_key(_artist(play.track)) for play in plays if play.is_counted)
    shares = [count / artists.total() for count in artists.values()]
    entropy = -sum(share * math.log(share) for share in shares)
    evenness = round(entropy / math.log(len(artists)), 4)
    return {"artists.distinct": len(artists), "artists.evenness": _whole(100 * evenness) / 100}


def _looked_at(plays, top_tracks):
    tracks = [play.track for play in plays if play.is_counted] + top_tracks
    return {(_key(_artist(track)), _key(track["name"])) for track in tracks}


def _genres(artists):
    """Every artist with genres weighs the same, and so does each of its genres."""
    known = [artist["genres"] for artist in artists if artist["genres"]]
    shares = Counter()
    for genres in known:
        shares.update(dict.fromkeys(genres, 1 / len(genres) / len(known)))
    genre, share = shares.most_common(1)[0]
    return {
        "genres.top": genre,
        "genres.top_share": _percent(share),
        "genres.coverage": _percent(len(known) / len(artists)),
    }


def _moods(artists, tracks):
    of_artist = {_key(artist["name"]): _mood(artist["genres"]) for artist in artists}
    found = [of_artist.get(_key(_artist(track))) for track in tracks]
    counts = Counter(mood for mood in found if mood)
    mood, count = counts.most_common(1)[0]
    lively = (counts["bright"] + counts["energetic"]) / counts.total()
    return {
        "moods.top": mood,
        "moods.top_share": _percent(count / counts.total()),
        "moods.score": _percent(lively) / 10,
        "moods.coverage": _percent(counts.total() / len(tracks)),
    }


def _mood(genres):
    words = ((mood, word) for mood, family in MOODS.items() for word in family)
    return next((mood for mood, word in words if any(word in genre for genre in genres)), None)


def _artist(track):
    """A track counts for the artist of its album; a file of one's own has its own alone."""
    return [*track["album"]["artists"], *track["artists"]][0]["name"]


def _key(name):
    return " ".join(name.split()).casefold()


def _percent(share):
    return _whole(100 * share)


def _whole(value):
    """Halves go up, also where floating point puts them a hair too low."""
    return math.floor(round(value, 6) + 0.5)

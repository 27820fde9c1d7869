"""What the demo Spotify answers over HTTP, read without any help from the product."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import httpx2

TOKEN = {"authorization": "Bearer BQD..."}
COUNTED = timedelta(seconds=30)


class Answers(NamedTuple):
    artists: list
    tracks: list
    recent: list

    @property
    def names(self):
        """Every artist, track and album in the answers."""
        tracks = [*self.tracks, *(item["track"] for item in self.recent)]
        artists = [*self.artists, *(artist for track in tracks for artist in track["artists"])]
        named = [*artists, *tracks, *(track["album"] for track in tracks)]
        return {one["name"] for one in named}


class Play(NamedTuple):
    started_at: datetime
    length: timedelta
    track: dict

    @property
    def is_counted(self):
        return self.length >= COUNTED

    @property
    def ended_at(self):
        return self.started_at + timedelta(seconds=self.length // timedelta(seconds=1))

    @property
    def day(self):
        return self.started_at.date()

    @property
    def artist(self):
        return artist_of(self.track)

    @property
    def title(self):
        return key_of(self.artist), key_of(self.track["name"])


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


def plays_of(recent) -> list[Play]:
    """A play lasts as long as its track, at most from the end of the play before; oldest first."""
    ordered = sorted(recent, key=lambda item: item["played_at"])
    ends = [datetime.fromisoformat(item["played_at"]) for item in ordered]
    gaps = [timedelta.max, *(end - before for before, end in pairwise(ends))]
    return [
        _play(item["track"], ended_at, gap)
        for item, ended_at, gap in zip(ordered, ends, gaps, strict=True)
    ]


def artist_of(track):
    """A track counts for the artist of its album; a file of one's own has its own alone."""
    return [*track["album"]["artists"], *track["artists"]][0]["name"]


def key_of(name):
    """Case and spaces make no other name."""
    return " ".join(name.split()).casefold()


def _items(answer):
    return answer.raise_for_status().json()["items"]


def _play(track, ended_at, gap):
    length = min(timedelta(milliseconds=track["duration_ms"]), gap)
    return Play((ended_at - length).replace(microsecond=0), length, track)

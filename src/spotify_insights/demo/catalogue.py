"""Invented artists, albums and tracks, the same ones for the same seed."""

import hashlib
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from random import Random

from spotify_insights.demo import words

_ARTISTS = 45
_ALBUM_SIZES = (1, 1, 2, 2, 3, 3, 4)
_SECOND_ALBUM_CHANCE = 0.2
_GUEST_CHANCE = 0.1
_GENRES_KNOWN_CHANCE = 0.75
_EXPLICIT_CHANCE = 0.08
_BASE62 = string.digits + string.ascii_letters
_ID_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Artist:
    """`style` is what they play; `genres` is what Spotify says about it, often nothing."""

    id: str
    name: str
    style: str
    genres: tuple[str, ...]
    popularity: int


@dataclass(frozen=True, slots=True)
class Album:
    id: str
    name: str
    artist: Artist
    album_type: str
    release_date: str
    upc: str
    total_tracks: int

    @property
    def release_date_precision(self) -> str:
        return ("year", "month", "day")[self.release_date.count("-")]


@dataclass(frozen=True, slots=True)
class Track:
    id: str
    name: str
    album: Album
    artists: tuple[Artist, ...]
    track_number: int
    duration_ms: int
    explicit: bool
    isrc: str
    popularity: int


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file from the listener's own disk: Spotify knows its name and nothing else."""

    name: str
    album: str
    artist: str
    duration_ms: int


@dataclass(frozen=True)
class Catalogue:
    artists: tuple[Artist, ...]
    albums: tuple[Album, ...]
    tracks: tuple[Track, ...]
    local_file: LocalFile
    playlist_ids: tuple[str, ...]

    @cached_property
    def by_id(self) -> dict[str, Artist | Album | Track]:
        items: list[Artist | Album | Track] = [*self.artists, *self.albums, *self.tracks]
        return {item.id: item for item in items}

    def album_tracks(self, album: Album) -> list[Track]:
        return [track for track in self.tracks if track.album.id == album.id]


def spotify_id(seed: int, name: str) -> str:
    """22 base62 characters, as Spotify's ids are, from the seed and a name."""
    number = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest())
    digits = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return "".join(digits)


@lru_cache(maxsize=4)
def catalogue(seed: int) -> Catalogue:
    """Everything there is to hear: 45 artists with some 120 tracks."""
    rng = Random(f"{seed}:catalogue")
    artists = _artists(seed, rng)
    titles = iter(_titles(rng))
    albums = [album for artist in artists for album in _albums(seed, rng, artist, titles)]
    tracks = [track for album in albums for track in _tracks(seed, rng, album, titles, artists)]
    playlists = tuple(spotify_id(seed, f"playlist {name}") for name in words.PLAYLISTS)
    local_file = LocalFile(next(titles), next(titles), _place(rng), rng.randrange(150, 300) * 1000)
    return Catalogue(tuple(artists), tuple(albums), tuple(tracks), local_file, playlists)


def _place(rng: Random) -> str:
    return rng.choice(words.PLACE_HEADS) + rng.choice(words.PLACE_TAILS)


def _titles(rng: Random) -> list[str]:
    """All titles in random order, each of them once."""
    plain = [f"{adjective} {noun}" for adjective, noun in product(words.ADJECTIVES, words.NOUNS)]
    moments = [f"{noun} {moment}" for noun, moment in product(words.NOUNS, words.MOMENTS)]
    titles = [*plain, *moments, *words.NOUNS]
    rng.shuffle(titles)
    return titles


def _artists(seed: int, rng: Random) -> list[Artist]:
    places = [head + tail for head, tail in product(words.PLACE_HEADS, words.PLACE_TAILS)]
    names = [_group_name(rng, place) for place in rng.sample(places, _ARTISTS)]
    return [_artist(seed, rng, number, name) for number, name in enumerate(names)]


def _group_name(rng: Random, place: str) -> str:
    group = rng.choice(words.GROUPS)
    return rng.choice((place, f"{place} {group}", f"The {place} {group}"))


def _artist(seed: int, rng: Random, number: int, name: str) -> Artist:
    style = words.STYLES[number % len(words.STYLES)]
    second = rng.choice(words.STYLES)
    named = rng.random() < _GENRES_KNOWN_CHANCE
    genres = tuple(dict.fromkeys((style, second))) if named else ()
    return Artist(spotify_id(seed, f"artist {name}"), name, style, genres, rng.randrange(12, 70))


def _albums(seed: int, rng: Random, artist: Artist, titles: Iterator[str]) -> list[Album]:
    count = 2 if rng.random() < _SECOND_ALBUM_CHANCE else 1
    return [_album(seed, rng, artist, next(titles)) for _ in range(count)]


def _album(seed: int, rng: Random, artist: Artist, name: str) -> Album:
    size = rng.choice(_ALBUM_SIZES)
    released = (f"{rng.randrange(1994, 2026)}", f"{rng.randrange(1, 13):02}")
    day = f"{rng.randrange(1, 29):02}"
    precision = rng.choices((1, 2, 3), (1, 1, 12))[0]
    return Album(
        id=spotify_id(seed, f"album {name}"),
        name=name,
        artist=artist,
        album_type="single" if size == 1 else "album",
        release_date="-".join((*released, day)[:precision]),
        upc=f"{rng.randrange(10**12, 10**13)}",
        total_tracks=size,
    )


def _tracks(
    seed: int, rng: Random, album: Album, titles: Iterator[str], guests: Sequence[Artist]
) -> list[Track]:
    return [
        _track(seed, rng, album, number, next(titles), guests)
        for number in range(1, album.total_tracks + 1)
    ]


def _track(
    seed: int, rng: Random, album: Album, number: int, name: str, guests: Sequence[Artist]
) -> Track:
    guest = (rng.choice(guests),) if rng.random() < _GUEST_CHANCE else ()
    year = int(album.release_date[:4])
    return Track(
        id=spotify_id(seed, f"track {name}"),
        name=name,
        album=album,
        artists=tuple({artist.id: artist for artist in (album.artist, *guest)}.values()),
        track_number=number,
        duration_ms=rng.randrange(128_000, 331_000),
        explicit=rng.random() < _EXPLICIT_CHANCE,
        isrc=f"ZZDEM{year % 100:02}{rng.randrange(10**5):05}",
        popularity=rng.randrange(5, 65),
    )

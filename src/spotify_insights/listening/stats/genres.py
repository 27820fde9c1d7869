"""Genres: what the artists of the counted plays are called, told with how many plays that covers.

A play has no genre of its own, so the tags of its artist stand for it. `tags_of` looks them up;
what counts them touches nothing but what it is given.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.listening import recordings
from spotify_insights.listening.stats.plays import Plays

LEADING_TAGS = 5
# What is known of fewer plays than this share is no finding about the listener.
FINDING_COVERAGE = 0.30
MOST_KEPT = 200_000

IMPORT, SPOTIFY = "import", "spotify"
# In the order in which they are preferred.
LABELS: Mapping[str, str] = {
    IMPORT: "your imports",
    SPOTIFY: "Spotify",
    "musicbrainz": "MusicBrainz",
    "lastfm": "Last.fm",
}

# Listeners also tag where and when an artist was heard, and who sings: none of that is a genre.
_NO_GENRES = frozenset(
    {
        *("seen live", "live", "favorite", "favorites", "favourite", "favourites", "my music"),
        *("favorite artists", "favourite artists", "spotify", "awesome", "love", "beautiful"),
        *("cool", "best", "albums i own", "under 2000 listeners", "check out", "all", "good"),
        *("female", "male", "female vocalist", "female vocalists", "female vocals"),
        *("male vocalist", "male vocalists", "male vocals", "singer", "vocalist", "band", "group"),
        *("american", "australian", "austrian", "belgian", "brazilian", "british", "canadian"),
        *("danish", "dutch", "english", "finnish", "french", "german", "icelandic", "irish"),
        *("italian", "japanese", "korean", "mexican", "norwegian", "polish", "russian"),
        *("scottish", "spanish", "swedish", "swiss", "welsh", "uk", "usa", "us", "japan"),
        *("germany", "france", "sweden", "norway", "canada", "australia", "england", "ireland"),
    }
)
_DECADE = re.compile(r"(19|20)?\d0'?s")
# Every number of leading tags divides it, so that shares are added up exactly.
_UNITS_A_PLAY = 60

_TAGS = """
    select id, genres, tags, tags_from from artists
    where id = any(cast(:ids as int[])) and (genres is not null or tags is not null)
        and (coalesce(genres, '[]') not in ('[]', 'null')
            or coalesce(tags, '[]') not in ('[]', 'null'))
"""


class Tagged(NamedTuple):
    """The leading tags of one artist (at least one, at most five) and what told them."""

    tags: tuple[str, ...]
    source: str


# What is told with Spotify's genres, and what without them.
_BySource = tuple[Tagged | None, Tagged | None]
_kept: dict[UUID | None, dict[int, _BySource]] = {}


@dataclass(frozen=True)
class Genre:
    """A genre, the plays it stands for (parts of plays add up) and its share of the known ones."""

    name: str
    plays: float
    share: float


@dataclass(frozen=True)
class Genres:
    """A stretch of the genres, most heard first, and how much of the listening they tell of.

    `total` is how many genres there are, `plays` the counted plays with an artist, `known` those
    whose artist has tags. `coverage` (0..1) is None without plays, `method` where nothing is known.
    """

    items: list[Genre]
    total: int
    plays: int
    known: int
    coverage: float | None
    sources: tuple[str, ...]
    method: str | None
    is_finding: bool


def genres(plays: Plays, tags: Mapping[int, Tagged], *, limit: int = 50, offset: int = 0) -> Genres:
    """The genres of the counted plays, by the leading tags of their artists.

    A counted play gives 1/n to each of the n leading tags (n <= 5) of its artist; a share is of all
    counted plays whose artist has tags. Coverage is theirs among the counted plays with an artist.
    """
    counts = plays_by_artist(plays)
    known = {artist: count for artist, count in counts.items() if artist in tags}
    units: Counter[str] = Counter()
    for artist, count in known.items():
        for tag in tags[artist].tags:
            units[tag] += count * _UNITS_A_PLAY // len(tags[artist].tags)
    sources = sources_of(tags[artist] for artist in known)
    total, told = sum(counts.values()), sum(known.values())
    return Genres(
        items=_ranked(units, told)[offset : offset + limit],
        total=len(_spelled(units)),
        plays=total,
        known=told,
        coverage=round(told / total, 4) if total else None,
        sources=sources,
        method=f"leading tags of the artists, from {labelled(sources)}" if sources else None,
        is_finding=is_finding(told, total),
    )


def plays_by_artist(plays: Plays) -> dict[int, int]:
    """The counted plays of each artist; what has none is left out."""
    counts = plays.by_artist
    counts = counts.take((counts.ids > 0) & (counts.plays > 0))
    return dict(zip(counts.ids.tolist(), counts.plays.tolist(), strict=True))


def is_finding(known: int, total: int) -> bool:
    """Whether so many of all plays are enough to speak of the listening as a whole."""
    return bool(total) and known / total >= FINDING_COVERAGE


def sources_of(tagged: Iterable[Tagged]) -> tuple[str, ...]:
    """What told these tags, in the order of preference."""
    present = {one.source for one in tagged}
    return tuple(source for source in LABELS if source in present)


def labelled(sources: Iterable[str]) -> str:
    return ", ".join(LABELS[source] for source in sources)


def tags_of(session: Session, plays: Plays, *, with_spotify: bool = True) -> dict[int, Tagged]:
    """The leading tags of the artists of the counted plays, those without any left out.

    Of several sources the first of `LABELS` stands for an artist. `with_spotify` is False where
    nothing that was asked from Spotify may be told.
    """
    told = _told(session, list(plays_by_artist(plays)))
    found = {artist: by_source[not with_spotify] for artist, by_source in told.items()}
    return {artist: one for artist, one in found.items() if one}


def _told(session: Session, artists: Sequence[int]) -> dict[int, _BySource]:
    """What is told of artists, kept in this process while the catalogue is the same."""
    known = _known_as_of(recordings.version(session))
    asked = [artist for artist in artists if artist not in known]
    # Threads share what is known: it is told in one piece, once the answer is there.
    told: dict[int, _BySource] = dict.fromkeys(asked, (None, None))
    for artist, genres, tags, tags_from in session.execute(text(_TAGS), {"ids": asked}):
        by_source = {tags_from: tags, SPOTIFY: genres}
        told[artist] = _best(by_source), _best(by_source | {SPOTIFY: None})
    known.update(told)
    return {artist: known[artist] for artist in artists}


def _known_as_of(version: UUID | None) -> dict[int, _BySource]:
    """What this process knows of one version of the catalogue: there is one at most."""
    known = _kept.get(version)
    if known is None or len(known) > MOST_KEPT:
        known = {}
        _kept.clear()
        if version:
            _kept[version] = known
    return known


def _best(by_source: Mapping[str, Sequence[str] | None]) -> Tagged | None:
    chosen = (Tagged(leading(by_source.get(source) or ()), source) for source in LABELS)
    return next((one for one in chosen if one.tags), None)


def leading(tags: Iterable[str]) -> tuple[str, ...]:
    """The first five genres among tags, in lower case; spellings with a hyphen count as one."""
    by_key: dict[str, str] = {}
    for tag in tags:
        name = " ".join(tag.split()).casefold()
        if name and name not in _NO_GENRES and not _DECADE.fullmatch(name):
            by_key.setdefault(_key(name), name)
    return tuple(by_key.values())[:LEADING_TAGS]


def _ranked(units: Mapping[str, int], known: int) -> list[Genre]:
    """All genres, most heard first, then by name."""
    ordered = sorted(_spelled(units).items(), key=lambda item: (-item[1], item[0]))
    return [
        Genre(
            name,
            plays=round(weight / _UNITS_A_PLAY, 2),
            share=round(weight / _UNITS_A_PLAY / known, 4),
        )
        for name, weight in ordered
    ]


def _spelled(units: Mapping[str, int]) -> dict[str, int]:
    """Spellings of one genre added up under the one that weighs most, then the first by name."""
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(units, key=lambda name: (-units[name], name)):
        spellings[_key(name)].append(name)
    return {names[0]: sum(units[name] for name in names) for names in spellings.values()}


def _key(name: str) -> str:
    return name.replace("-", " ")

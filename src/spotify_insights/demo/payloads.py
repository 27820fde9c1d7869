"""The shapes of the Web API, as a development-mode app gets them or with all fields."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spotify_insights.demo.catalogue import Album, Artist, Catalogue, LocalFile, Track, spotify_id
from spotify_insights.demo.listener import Play
from spotify_insights.demo.switches import Switches

Json = dict[str, Any]

_OPEN = "https://open.spotify.com"
_IMAGE_SIZES = (640, 300, 64)
_MARKETS = ["CH", "DE", "SE"]


@dataclass(frozen=True)
class View:
    """Who looks: the base address of this server and the switches that shape answers."""

    base: str
    switches: Switches

    def only_extended(self, **fields: object) -> Json:
        return fields if self.switches.payloads == "extended" else {}


def user(view: View, seed: int) -> Json:
    user_id = spotify_id(seed, "listener")
    nameless = "no_display_name" in view.switches.oddities
    return {
        "account_id": spotify_id(seed, "account"),
        "display_name": None if nameless else "Demo listener",
        "external_urls": {"spotify": f"{_OPEN}/user/{user_id}"},
        "href": f"{view.base}/v1/users/{user_id}",
        "id": user_id,
        "images": [],
        "type": "user",
        "uri": f"spotify:user:{user_id}",
    } | view.only_extended(
        country="CH",
        email="listener@demo.invalid",
        explicit_content={"filter_enabled": False, "filter_locked": False},
        followers={"href": None, "total": 0},
        product="premium",
    )


def simple_artist(view: View, artist: Artist) -> Json:
    return _identity(view, "artist", artist.id) | {"name": artist.name}


def artist(view: View, artist: Artist) -> Json:
    genres = {"filled": artist.genres, "empty": ()}.get(view.switches.genres)
    return (
        simple_artist(view, artist)
        | {"images": _images(view, artist.id)}
        | ({} if genres is None else {"genres": list(genres)})
        | view.only_extended(
            followers={"href": None, "total": artist.popularity**2},
            popularity=artist.popularity,
        )
    )


def simple_album(view: View, album: Album) -> Json:
    return _identity(view, "album", album.id) | {
        "album_type": album.album_type,
        "artists": [simple_artist(view, album.artist)],
        "images": _images(view, album.id),
        "name": album.name,
        "release_date": album.release_date,
        "release_date_precision": album.release_date_precision,
        "total_tracks": album.total_tracks,
        **view.only_extended(available_markets=_MARKETS),
    }


def album(view: View, music: Catalogue, album: Album) -> Json:
    tracks = [_simple_track(view, track) for track in music.album_tracks(album)]
    href = f"{view.base}/v1/albums/{album.id}/tracks"
    return simple_album(view, album) | {
        "copyrights": [{"text": f"{album.release_date[:4]} Demo Records", "type": "C"}],
        "external_ids": {"upc": album.upc},
        "genres": [],
        "tracks": page(href, tracks, limit=50, offset=0, total=len(tracks)),
        **view.only_extended(label="Demo Records", popularity=album.artist.popularity),
    }


def track(view: View, track: Track | LocalFile) -> Json:
    if isinstance(track, LocalFile):
        return _local_file(track)
    return _simple_track(view, track) | {
        "album": simple_album(view, track.album),
        "external_ids": {"isrc": track.isrc},
        **view.only_extended(popularity=track.popularity),
    }


def play(view: View, play: Play) -> Json:
    played_at = play.ended_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return {
        "track": track(view, play.track),
        "played_at": played_at.replace("+00:00", "Z"),
        "context": _context(view, play.context),
    }


def page(href: str, items: list[Json], *, limit: int, offset: int, total: int) -> Json:
    """A page of a list; `href` is the address of the list, without limit and offset."""
    joint = "&" if "?" in href else "?"
    here = f"{href}{joint}offset={{}}&limit={limit}"
    return {
        "href": here.format(offset),
        "items": items,
        "limit": limit,
        "next": here.format(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": here.format(max(0, offset - limit)) if offset else None,
        "total": total,
    }


def unix_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _identity(view: View, kind: str, key: str) -> Json:
    return {
        "external_urls": {"spotify": f"{_OPEN}/{kind}/{key}"},
        "href": f"{view.base}/v1/{kind}s/{key}",
        "id": key,
        "type": kind,
        "uri": f"spotify:{kind}:{key}",
    }


def _images(view: View, key: str) -> list[Json]:
    if "no_images" in view.switches.oddities:
        return []
    return [
        {"url": f"{view.base}/image/{key}?size={size}", "height": size, "width": size}
        for size in _IMAGE_SIZES
    ]


def _simple_track(view: View, track: Track) -> Json:
    return _identity(view, "track", track.id) | {
        "artists": [simple_artist(view, artist) for artist in track.artists],
        "disc_number": 1,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "is_local": False,
        "is_playable": True,
        "name": track.name,
        "preview_url": None,
        "track_number": track.track_number,
        **view.only_extended(available_markets=_MARKETS),
    }


def _local_file(track: LocalFile) -> Json:
    nowhere: Json = {"external_urls": {}, "href": None, "id": None, "uri": None}
    album = nowhere | {
        "album_type": None,
        "artists": [],
        "images": [],
        "name": track.album,
        "release_date": None,
        "release_date_precision": None,
        "total_tracks": 0,
        "type": "album",
    }
    names = ":".join(name.replace(" ", "+") for name in (track.artist, track.album, track.name))
    return nowhere | {
        "album": album,
        "artists": [nowhere | {"name": track.artist, "type": "artist"}],
        "disc_number": 0,
        "duration_ms": track.duration_ms,
        "explicit": False,
        "external_ids": {},
        "is_local": True,
        "name": track.name,
        "preview_url": None,
        "track_number": 0,
        "type": "track",
        "uri": f"spotify:local:{names}:{track.duration_ms // 1000}",
    }


def _context(view: View, context: tuple[str, str] | None) -> Json | None:
    if context is None:
        return None
    kind, key = context
    if kind != "collection":
        return {name: _identity(view, kind, key)[name] for name in _CONTEXT_FIELDS}
    return {
        "external_urls": {"spotify": f"{_OPEN}/collection/{key}"},
        "href": f"{view.base}/v1/me/{key}",
        "type": kind,
        "uri": f"spotify:{kind}",
    }


_CONTEXT_FIELDS = ("external_urls", "href", "type", "uri")

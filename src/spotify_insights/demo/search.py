"""Search in the catalogue: words and field filters, all of which must match."""

import re

from spotify_insights.demo.catalogue import Album, Artist, Catalogue, Track

Found = Artist | Album | Track

_TERM = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')


def find(music: Catalogue, kind: str, query: str) -> list[Found]:
    """Artists, albums or tracks whose names hold every term, such as `artist:"The Choir" rain`."""
    items: dict[str, tuple[Found, ...]] = {
        "artist": music.artists,
        "album": music.albums,
        "track": music.tracks,
    }
    terms = [(field, (quoted or word).casefold()) for field, quoted, word in _TERM.findall(query)]
    return [item for item in items[kind] if _matches(_fields(item), terms)]


def _matches(fields: dict[str, str], terms: list[tuple[str, str]]) -> bool:
    anywhere = " ".join(fields.values())
    return all(text in (fields.get(field, "") if field else anywhere) for field, text in terms)


def _fields(item: Found) -> dict[str, str]:
    if isinstance(item, Artist):
        return {"artist": item.name.casefold(), "genre": " ".join(item.genres)}
    if isinstance(item, Album):
        names = {"album": item.name, "artist": item.artist.name, "upc": item.upc}
        return {name: text.casefold() for name, text in names.items()} | _year(item)
    artists = " ".join(artist.name for artist in item.artists)
    names = {"track": item.name, "artist": artists, "album": item.album.name, "isrc": item.isrc}
    return {name: text.casefold() for name, text in names.items()} | _year(item.album)


def _year(album: Album) -> dict[str, str]:
    return {"year": album.release_date[:4]}

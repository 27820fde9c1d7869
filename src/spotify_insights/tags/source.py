"""The services that know what listeners call an artist."""

from enum import StrEnum

from spotify_insights.settings import get_settings


class Source(StrEnum):
    """In the order in which they are asked: MusicBrainz needs no key and answers with less."""

    MUSICBRAINZ = "musicbrainz"
    LASTFM = "lastfm"


LABELS = {Source.MUSICBRAINZ: "MusicBrainz", Source.LASTFM: "Last.fm"}


def configured() -> list[Source]:
    """The services the operator allows to be asked; none without any calls a day."""
    settings = get_settings()
    if not settings.tags_calls_per_day:
        return []
    is_allowed = {
        Source.MUSICBRAINZ: settings.musicbrainz_contact is not None,
        Source.LASTFM: settings.lastfm_api_key is not None,
    }
    return [source for source in Source if is_allowed[source]]

"""The summary of a range: totals of music, podcasts and audiobooks apart, and skips of music."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.details import details_of
from spotify_insights.listening.stats.habits import Skips, skips
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.totals import Totals, totals
from spotify_insights.models.listening import PlayKind


@dataclass(frozen=True)
class Summary:
    """Totals by kind of play."""

    music: Totals
    podcasts: Totals
    audiobooks: Totals
    skips: Skips

    @property
    def is_empty(self) -> bool:
        return not any(one.plays for one in (self.music, self.podcasts, self.audiobooks))


def summary(session: Session, scope: Scope) -> Summary:
    music, *spoken = (scopes.fetch(session, scope, kind) for kind in PlayKind)
    podcasts, audiobooks = (totals(plays) for plays in spoken)
    skipped = skips(session, music, details_of(session, music))
    return Summary(totals(music), podcasts, audiobooks, skipped)

"""A stored summary as its listener reads it. Steps and values; nothing is changed here."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights.digest import summaries, targets, telling
from spotify_insights.digest.feed import Entry, Feed
from spotify_insights.digest.figures import Figures
from spotify_insights.digest.forms import Links
from spotify_insights.digest.telling import Told
from spotify_insights.errors import NotFound
from spotify_insights.insights import languages
from spotify_insights.insights.languages import Language
from spotify_insights.models import GeneratedInsight, SummaryTarget, User, WeeklySummary
from spotify_insights.models.insight import InsightStatus
from spotify_insights.models.summary import Channel, TargetState
from spotify_insights.settings import get_settings

MOST_ENTRIES = 20


@dataclass(frozen=True)
class Week:
    """A summary with its insight."""

    summary: WeeklySummary
    insight: GeneratedInsight

    @property
    def links(self) -> Links:
        return Links(
            insight=f"{get_settings().own_url}/wellness?insight={self.insight.id}",
            summaries=summaries_page(self.summary.user_id),
        )

    def told(self, language: Language) -> Told:
        """In words; an insight that is not written, or in another language, is left out."""
        is_ready = self.insight.status is InsightStatus.READY
        is_readable = is_ready and self.insight.language == language.code
        return telling.tell(
            (self.summary.first_on, self.summary.last_on),
            Figures.of_json(self.summary.figures),
            self.insight.structured_output if is_readable else None,
            language,
        )


def week(session: Session, summary_id: UUID) -> Week:
    summary = summaries.get_summary(session, summary_id)
    return Week(summary, session.get_one(GeneratedInsight, summary.insight_id))


def weeks(session: Session, user_id: UUID, limit: int) -> list[Week]:
    """A listener's summaries, the newest week first."""
    found = summaries.list_summaries(session, user_id, limit)
    ids = [summary.insight_id for summary in found]
    query = select(GeneratedInsight).where(GeneratedInsight.id.in_(ids))
    insights = {insight.id: insight for insight in session.scalars(query)}
    return [Week(summary, insights[summary.insight_id]) for summary in found]


def summaries_page(user_id: UUID) -> str:
    return f"{get_settings().own_url}/summaries?user={user_id}"


def feed_address(target: SummaryTarget) -> str:
    return f"{get_settings().own_url}/summaries/feed/{targets.secret_of(target)}.atom"


def confirm_page(target: SummaryTarget) -> str:
    return f"{get_settings().own_url}/summaries/confirm/{targets.secret_of(target)}"


def unsubscribe_page(target: SummaryTarget) -> str:
    return f"{get_settings().own_url}/summaries/unsubscribe/{targets.secret_of(target)}"


def read_feed(session: Session, secret: str) -> Feed:
    """What a feed's secret address shows: weeks whose insight is written, or failed, newest first.

    Raises NotFound for an address that was renewed or removed.
    """
    target = targets.by_secret(session, secret, Channel.FEED)
    if target.state is TargetState.ENDED:
        raise NotFound("unknown_link", "This feed was removed.")
    user = session.get_one(User, target.user_id)
    language = languages.of_locale(user.locale)
    published = [
        one
        for one in weeks(session, user.id, MOST_ENTRIES)
        if one.insight.status is not InsightStatus.PENDING
    ]
    entries = [_entry(one, language) for one in published]
    return Feed(
        id=target.id,
        name=user.display_name,
        code=language.code,
        product=get_settings().product_name,
        address=f"{get_settings().own_url}/summaries/feed/{secret}.atom",
        page=summaries_page(user.id),
        updated=max((entry.updated for entry in entries), default=target.created_at),
        entries=entries,
    )


def _entry(one: Week, language: Language) -> Entry:
    created_at = one.summary.created_at
    completed_at = one.insight.completed_at or created_at
    return Entry(
        id=one.summary.id,
        told=one.told(language),
        published=created_at,
        updated=max(created_at, completed_at),
        links=one.links,
    )

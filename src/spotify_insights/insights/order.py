"""What an insight is to be written of, by whom, and from which data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from spotify_insights import llm
from spotify_insights.insights import facts, languages, rows
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.insights.languages import Language
from spotify_insights.listening import predecessors
from spotify_insights.llm import Model
from spotify_insights.models import Snapshot, User
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.settings import InsightsData, get_settings

NO_MODEL, NO_CONSENT, NO_EXPORT_DATA = "no_model", "no_consent", "no_export_data"


@dataclass(frozen=True)
class Asked:
    """A model that may be asked, and what it may see."""

    model: Model
    scene: Scene

    @cached_property
    def facts(self) -> Sequence[Fact]:
        return facts.find(self.scene)


@dataclass(frozen=True)
class Order:
    """All that has to be read before an insight is written.

    `scene` is what the plain writer reads. `asked` is None where no model may be asked, for the
    `reason`.
    """

    insight_id: UUID
    user_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone: Tone
    language: Language
    scene: Scene
    asked: Asked | None
    reason: str | None

    @cached_property
    def facts(self) -> Sequence[Fact]:
        return facts.find(self.scene)


def read(session: Session, insight_id: UUID) -> Order:
    """The order for an insight that was asked for. Raises NotFound for an unknown one."""
    insight = rows.get_insight(session, insight_id)
    user = session.get_one(User, insight.user_id)
    snapshot = session.get_one(Snapshot, insight.snapshot_id)
    before = predecessors.before(session, user, snapshot)
    whole = _scene(session, user, snapshot, before)
    assert whole is not None, "everything there is makes a scene"
    given = _scene(session, user, snapshot, before, export_only=True)
    asked, reason = _gate(user, whole, given)
    return Order(
        insight_id=insight.id,
        user_id=user.id,
        snapshot_id=snapshot.id,
        insight_type=insight.insight_type,
        tone=insight.tone_mode,
        language=languages.of_locale(insight.language),
        scene=whole,
        asked=asked,
        reason=reason,
    )


def _gate(user: User, whole: Scene, given: Scene | None) -> tuple[Asked | None, str | None]:
    """Whether a model may be asked, and of which data; or why not.

    The listener has to consent to exactly the provider that would be asked. What came from Spotify
    goes to no model unless the operator says so.
    """
    model = llm.configured()
    if model is None:
        return None, NO_MODEL
    if not user.ai_consent or user.ai_consent_to != model.host:
        return None, NO_CONSENT
    seen = whole if get_settings().insights_data is InsightsData.ALL else given
    return (Asked(model, seen), None) if seen else (None, NO_EXPORT_DATA)


def _scene(
    session: Session,
    user: User,
    snapshot: Snapshot,
    before: Sequence[Snapshot],
    *,
    export_only: bool = False,
) -> Scene | None:
    return Scene.of(
        snapshot,
        before,
        ZoneInfo(user.timezone),
        user.day_starts_at,
        export_only=export_only,
        known_until=predecessors.known_until(session, user, export_only=export_only),
    )

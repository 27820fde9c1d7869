"""What the API takes and answers. Times are ISO 8601 with an offset, ids are UUIDs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from spotify_insights.listening.stats import Totals
from spotify_insights.models import GeneratedInsight, Import, Job, Snapshot, User
from spotify_insights.models.account import Connection
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobState
from spotify_insights.models.listening import ImportStatus, TimeRange

PREVIEW = 200
REASONS = (
    "imported",
    "already_known",
    "matched",
    "duplicate_exact",
    "duplicate_near",
    "no_identity",
    "invalid",
)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return name


Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[!-~]+$")]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Registration(BaseModel):
    spotify_user_id: Text
    display_name: Text
    email: Text | None = None


class PartOfRegistration(BaseModel):
    """The same names, each optional, because they may come in the body or in the query."""

    spotify_user_id: Text | None = None
    display_name: Text | None = None
    email: Text | None = None


class UserChange(BaseModel):
    """Only the names that are sent change; the defaults below are never used."""

    model_config = ConfigDict(extra="forbid")

    display_name: Text = ""
    timezone: Zone = ""
    week_starts_on: Annotated[int, Field(ge=1, le=7)] = 1
    day_starts_at: Annotated[int, Field(ge=0, le=6)] = 0
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = ""
    ai_consent: bool = False


class UserOut(BaseModel):
    user_id: UUID
    spotify_user_id: str | None
    display_name: str
    email: str | None
    timezone: str
    week_starts_on: int
    day_starts_at: int
    locale: str
    ai_consent: bool
    is_demo: bool
    connection: Connection
    connection_reason: str | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        same = {name: getattr(user, name) for name in cls.model_fields if name != "user_id"}
        return cls(user_id=user.id, **same)


class TokenIn(BaseModel):
    user_id: UUID
    access_token: Secret
    refresh_token: Secret
    expires_in: Annotated[int, Field(ge=1, le=31_536_000)]
    scope: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x1f]*$")] = ""


class TokenOut(BaseModel):
    token_id: UUID
    expires_at: datetime


class Progress(BaseModel):
    done: int
    total: int
    unit: str


SpotifyRange = Literal["short_term", "medium_term", "long_term"]
TaskStatus = Literal["PENDING", "STARTED", "RETRY", "PAUSED", "SUCCESS", "FAILURE", "REVOKED"]
_STATUS: dict[JobState, TaskStatus] = {
    JobState.QUEUED: "PENDING",
    JobState.RUNNING: "STARTED",
    JobState.PAUSED: "PAUSED",
    JobState.SUCCEEDED: "SUCCESS",
    JobState.FAILED: "FAILURE",
    JobState.CANCELLED: "REVOKED",
}


class Task(BaseModel):
    """A background job. `error` is a code and `message` a sentence for people."""

    task_id: UUID
    kind: str
    user_id: UUID | None
    status: TaskStatus
    progress: Progress | None
    message: str | None
    resumes_at: datetime | None
    result: dict[str, Any] | None
    error: str | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        queued_again = job.state is JobState.QUEUED and job.attempt > 0
        return cls(
            task_id=job.id,
            kind=job.kind,
            user_id=job.user_id,
            status="RETRY" if queued_again else _STATUS[job.state],
            progress=_progress(job),
            message=job.error_message,
            resumes_at=job.resumes_at,
            result=job.result,
            error=job.error_code if job.state is JobState.FAILED else None,
            attempt=job.attempt,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
        )


def _progress(job: Job) -> Progress | None:
    if job.progress_done is None or job.progress_total is None:
        return None
    return Progress(done=job.progress_done, total=job.progress_total, unit=job.progress_unit or "")


class IngestQueued(BaseModel):
    task_id: UUID
    status: Literal["queued"] = "queued"
    user_id: UUID
    time_range: TimeRange


class MoodShare(BaseModel):
    percentage: float
    track_count: int


class ListeningHours(BaseModel):
    morning: float
    afternoon: float
    evening: float
    night: float


class SnapshotOut(BaseModel):
    """Listening over one period. A number that cannot be known is null, never 0."""

    snapshot_id: UUID
    user_id: UUID
    snapshot_date: date
    time_range: TimeRange
    period_start: datetime
    period_end: datetime
    total_tracks: int
    totals: dict[str, Any]
    top_artists: list[dict[str, Any]]
    top_tracks: list[dict[str, Any]]
    genre_distribution: dict[str, float]
    mood_patterns: dict[str, MoodShare]
    mood_diversity: float | None
    artist_diversity: float | None
    audio_features: dict[str, float]
    listening_hours: ListeningHours
    coverage: dict[str, float | str]
    sources: list[str]
    created_at: datetime

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        own = {
            "snapshot_id": snapshot.id,
            "total_tracks": snapshot.total_tracks_analyzed,
            "artist_diversity": snapshot.artist_diversity_score,
            "mood_diversity": snapshot.mood_diversity_score,
        }
        same = {name: getattr(snapshot, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)


class InsightId(BaseModel):
    insight_id: UUID


class InsightQueued(BaseModel):
    task_id: UUID
    status: Literal["queued"] = "queued"
    snapshot_id: UUID
    insight_type: InsightType
    result: InsightId


class InsightOut(BaseModel):
    insight_id: UUID
    user_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone_mode: Tone
    status: InsightStatus
    content: str | None
    structured_output: dict[str, Any] | None
    error: str | None
    message: str | None
    llm_model: str | None
    prompt_version: str | None
    tokens_used: int | None
    generation_time_ms: int | None
    created_at: datetime

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        own = {
            "insight_id": insight.id,
            "error": insight.error_code,
            "message": insight.error_message,
        }
        same = {name: getattr(insight, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)


class InsightListed(BaseModel):
    """`preview` is the first 200 characters, null while the insight is being written."""

    insight_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone_mode: Tone
    status: InsightStatus
    created_at: datetime
    preview: str | None

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        own = {
            "insight_id": insight.id,
            "preview": insight.content[:PREVIEW] if insight.content else None,
        }
        same = {name: getattr(insight, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)


class ImportQueued(BaseModel):
    import_id: UUID
    task_id: UUID


class RejectedRow(BaseModel):
    """A row that is no play: its number in its file (from 1), the reason and a sentence."""

    row: int
    reason: str
    detail: str


class ImportedFile(BaseModel):
    """One file of an import; `rejected` shows the first rows that were refused."""

    name: str
    format: str
    sha256: str
    rows: int
    counts: dict[str, int]
    rejected: list[RejectedRow]


class ImportOut(BaseModel):
    """An import and what became of each of its rows: `rows` is the sum of `counts`."""

    import_id: UUID
    user_id: UUID
    status: ImportStatus
    error: str | None
    message: str | None
    names: list[str]
    rows: int
    counts: dict[str, int]
    plays_new: int
    files: list[ImportedFile]
    task_id: UUID | None
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, record: Import) -> Self:
        return cls(
            import_id=record.id,
            error=record.error_code,
            message=record.error_message,
            plays_new=record.counts.get("imported", 0),
            **{name: getattr(record, name) for name in _SAME_IN_IMPORT},
        )


_SAME_IN_IMPORT = (
    *("user_id", "status", "names", "rows", "counts", "files", "task_id"),
    *("created_at", "completed_at"),
)


class KindTotals(BaseModel):
    """Totals of one kind of play. Distinct things are those among plays of 30 s or more."""

    plays: int
    counted_plays: int
    ms_played: int
    distinct_tracks: int
    distinct_artists: int
    distinct_albums: int
    days_active: int
    first_play_at: datetime | None
    last_play_at: datetime | None


class Summary(KindTotals):
    """Music at the top level; podcasts and audiobooks apart."""

    podcasts: KindTotals
    audiobooks: KindTotals


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str
    timestamp: datetime


class Readiness(BaseModel):
    """Whether each part answers, and which queues have a worker."""

    status: Literal["ready", "not_ready"]
    database: bool
    redis: bool
    queues: dict[str, bool]


def kind_totals(totals: Totals) -> dict[str, Any]:
    return {name: getattr(totals, name) for name in KindTotals.model_fields}

"""The life of a background job. Nobody else writes its state.

    queued ──claim──▶ running ──▶ succeeded | failed | cancelled
      ▲                 │
      ├── retry ────────┤
      └── paused(until) ┘   Spotify or the model asked us to wait

The row is the truth. A claim takes a lease and raises the fence; a flow ends with `finish` in the
same transaction as its effect, so a worker that lost its lease rolls everything back.
"""

from spotify_insights.jobs.rows import (
    KEEP_FINISHED,
    LEASE,
    MAX_ATTEMPTS,
    QUEUE_OF,
    RESEND_AFTER,
    LeaseLost,
    beat,
    cancel,
    claim,
    fail,
    find_unfinished,
    finish,
    forget_finished,
    get_job,
    pause,
    report,
    retry,
    submit,
    submit_many,
    sweep,
)
from spotify_insights.jobs.running import HEARTBEAT_EVERY, Flow, run

__all__ = [
    "HEARTBEAT_EVERY",
    "KEEP_FINISHED",
    "LEASE",
    "MAX_ATTEMPTS",
    "QUEUE_OF",
    "RESEND_AFTER",
    "Flow",
    "LeaseLost",
    "beat",
    "cancel",
    "claim",
    "fail",
    "find_unfinished",
    "finish",
    "forget_finished",
    "get_job",
    "pause",
    "report",
    "retry",
    "run",
    "submit",
    "submit_many",
    "sweep",
]

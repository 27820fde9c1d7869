"""Liveness and readiness."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


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

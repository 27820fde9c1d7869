"""A year of weekly summaries by a model: how many questions telling again saves.

python bench/reuse.py

A made-up listener of fifteen years, the last 52 weeks of it. Each week has one insight by a
stand-in for a model; then the same year is asked for again under conditions that do and do not
change what was heard.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from sqlalchemy import select  # noqa: E402
from tests.listening.builders import a_play, import_rows, import_uploads  # noqa: E402
from tests.model_server import ModelServer, faithful, running_model  # noqa: E402

from made_up import write_export  # noqa: E402 - the tests stand beside the benchmarks
from spotify_insights import accounts, jobs, migrations  # noqa: E402
from spotify_insights.embedded import engines  # noqa: E402
from spotify_insights.insights import rows  # noqa: E402
from spotify_insights.models import Snapshot  # noqa: E402
from spotify_insights.models.insight import InsightType, Tone  # noqa: E402
from spotify_insights.models.listening import TimeRange  # noqa: E402
from spotify_insights.resources import transaction  # noqa: E402
from spotify_insights.settings import adopt  # noqa: E402
from spotify_insights.worker import FLOWS  # noqa: E402

WEEKS = 52
PLAYS = 100_000


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    os.environ |= {
        "OPENAI_MODEL": "a-model",
        "MODEL_CALLS_PER_LISTENER": "100000",
        "MODEL_CALLS_PER_DAY": "100000",
    }
    try:
        with running_model() as server, engines.started(folder) as ours:
            server.answers(faithful)
            adopt(
                database_url=ours.database_url,
                redis_url=ours.redis_url,
                data_dir=folder,
                openai_base_url=server.url,
            )
            migrations.upgrade()
            show(measure(server, folder / "export.zip"))
    finally:
        shutil.rmtree(folder)


def measure(server: ModelServer, export: Path) -> Sequence[tuple[str, int, int]]:
    """What happened, how many insights were asked for then, and how many questions that took."""
    write_export(export, PLAYS, 8)
    with transaction() as session:
        user, _ = accounts.register(session, "bench", "Bench")
        accounts.change(session, user.id, {"ai_consent": True})
    import_uploads(user.id, ("export.zip", BytesIO(export.read_bytes())))
    weeks = last_weeks(user.id)
    found = [("each week once, as it ends", *tell(server, weeks))]
    found.append(("each week again, as by a second look", *tell(server, weeks)))
    import_uploads(user.id, ("again.zip", BytesIO(export.read_bytes())))
    found.append(("the export imported again", *tell(server, last_weeks(user.id))))
    late = weeks[WEEKS // 2].period_end
    import_rows(user.id, a_play(f"{late:%Y-%m-%dT%H:%M:%SZ}", title="Late"))
    found.append(("one late play, half a year back", *tell(server, last_weeks(user.id))))
    return found


def last_weeks(user_id: UUID) -> Sequence[Snapshot]:
    newest = (
        select(Snapshot)
        .where(Snapshot.user_id == user_id, Snapshot.time_range == TimeRange.WEEK)
        .order_by(Snapshot.snapshot_date.desc())
        .limit(WEEKS)
    )
    with transaction() as session:
        return session.scalars(newest).all()


def tell(server: ModelServer, weeks: Sequence[Snapshot]) -> tuple[int, int]:
    before = len(server.asked)
    for week in reversed(weeks):
        with transaction() as session:
            _, job = rows.request(session, week.id, InsightType.WELLNESS, Tone.NEUTRAL)
        jobs.run(job.id, FLOWS[job.kind])
    return len(weeks), len(server.asked) - before


def show(found: Sequence[tuple[str, int, int]]) -> None:
    print(f"{'':<40}{'insights':>10}{'questions':>11}{'saved':>8}")
    for name, insights, questions in found:
        print(f"{name:<40}{insights:>10}{questions:>11}{1 - questions / insights:>8.0%}")
    total, asked = (sum(row[place] for row in found) for place in (1, 2))
    print(f"{'together':<40}{total:>10}{asked:>11}{1 - asked / total:>8.0%}")
    print(json.dumps({"bench": "reuse", "rows": found}))


if __name__ == "__main__":
    main()

"""The texts beside this file: ten insights of each type and tone, from two real exports.

python docs/insights/write.py FOLDER_OF_EXPORTS [en|de] [FOLDER_TO_WRITE_TO]

Of each export the lifetime, two months and two weeks, the same ones every time, so that a change of
a wording shows as a change of the texts.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from spotify_insights import accounts, jobs, migrations
from spotify_insights.embedded import engines
from spotify_insights.insights import facts, layout, plain
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.insights.facts.stored import hash_of
from spotify_insights.insights.languages import LANGUAGES, Language
from spotify_insights.jobs import Flow
from spotify_insights.listening import importing, predecessors, uploads
from spotify_insights.models import Snapshot
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt

UTC = ZoneInfo("UTC")
IMPORT = Flow(importing.run, timedelta(hours=1), importing.failed)
ZIPS = "extended_*.zip"
# Which of the series, counted from the newest one.
CHOSEN = {TimeRange.LIFETIME: (0,), TimeRange.MONTH: (2, 17), TimeRange.WEEK: (5, 40)}


def main(exports: Path, language: Language, target: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-texts-", dir="/tmp"))
    try:
        with engines.started(folder) as ours:
            adopt(database_url=ours.database_url, redis_url=ours.redis_url, data_dir=folder)
            migrations.upgrade()
            scenes = [scene for path in sorted(exports.glob(ZIPS)) for scene in scenes_of(path)]
    finally:
        shutil.rmtree(folder)
    target.mkdir(parents=True, exist_ok=True)
    for insight_type in InsightType:
        for tone in Tone:
            page = "\n".join(lines_of(scenes, insight_type, tone, language))
            (target / f"{insight_type}-{tone}.md").write_text(page)


def scenes_of(export: Path) -> list[Scene]:
    with transaction() as session:
        user, _ = accounts.register(session, export.stem, export.stem)
    _, job = uploads.receive(user.id, [(export.name, BytesIO(export.read_bytes()))])
    jobs.run(job.id, IMPORT)
    return [scene for time_range in CHOSEN for scene in chosen(user.id, time_range)]


def chosen(user_id: UUID, time_range: TimeRange) -> Iterator[Scene]:
    of_range = Snapshot.user_id == user_id, Snapshot.time_range == time_range
    newest = select(Snapshot).where(*of_range).order_by(Snapshot.snapshot_date.desc())
    for place in CHOSEN[time_range]:
        with transaction() as session:
            user = accounts.get_user(session, user_id)
            snapshot = session.scalars(newest.offset(place).limit(1)).one()
            before = predecessors.before(session, user, snapshot)
            known_until = predecessors.known_until(session, user)
        scene = Scene.of(snapshot, before, UTC, 0, known_until=known_until)
        assert scene, "everything there is makes a scene"
        yield scene


def lines_of(
    scenes: Sequence[Scene], insight_type: InsightType, tone: Tone, language: Language
) -> Iterator[str]:
    yield f"# {insight_type.capitalize()}, {tone}\n"
    for number, scene in enumerate(scenes, start=1):
        found = facts.find(scene)
        seed = f"{hash_of(found)} {tone}"
        draft = plain.write(found, insight_type, tone, language, seed)
        score = facts.mood_score(facts.found(scene))
        text = layout.lay_out(draft, insight_type, language, score).content
        told = scene.told_period
        yield f"## {number}. {told.first} to {told.last}\n"
        yield re.sub(r"^(#+) ", r"##\1 ", text, flags=re.MULTILINE) + "\n"


if __name__ == "__main__":
    _, folder_of_exports, *given = sys.argv
    code = given[0] if given else "en"
    target = Path(given[1]) if given[1:] else Path(__file__).parent / code
    main(Path(folder_of_exports), LANGUAGES[code], target)

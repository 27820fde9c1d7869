"""A program that uses the engines, for tests that kill it.

    parent.py engines DATA_DIR           the engines alone, until it is stopped
    parent.py run DATA_DIR [NAME...]     with engines and a child for each name
    parent.py children DATA_DIR NAME...  the children without engines

A child is named after a script beside the data folder's other files: NAME.sh. It is ready when it
has written NAME.ready.
"""

import logging
import sys
import threading
from pathlib import Path

from spotify_insights.embedded import engines
from spotify_insights.embedded.engines import Wanted
from spotify_insights.embedded.processes import Child
from spotify_insights.errors import InsightsError


def main(mode: str, folder: str, *names: str) -> None:
    data_dir = Path(folder)
    if mode == "engines":
        with engines.started(data_dir, Wanted(is_durable=False)):
            say("ready")
            threading.Event().wait()
    has_engines = mode == "run"
    engines.run(
        data_dir,
        lambda _: [a_child(data_dir, name) for name in names],
        wanted=Wanted(postgresql=has_engines, redis=has_engines, is_durable=False),
        web_address="http://127.0.0.1:8000",
        on_ready=lambda: say("ready"),
    )


def a_child(data_dir: Path, name: str) -> Child:
    return Child(
        name=name,
        command=["sh", data_dir / f"{name}.sh"],
        env={"NAME": name},
        ready=(data_dir / f"{name}.ready").exists,
        restart=not name.startswith("step"),
        stop_within=1.0,
        ready_within=1.0 if name.startswith("late") else 30.0,
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level="INFO")
    try:
        main(*sys.argv[1:])
    except InsightsError as error:
        sys.exit(error.detail)

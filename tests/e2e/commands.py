"""The command line, called as people call it: a process of its own."""

import subprocess
import sys

from tests.stack import environment

PATIENCE = 120


def run(*arguments, **settings):
    """The ended process of one command; settings are written in lower case."""
    return subprocess.run(
        [sys.executable, "-m", "spotify_insights.cli", *map(str, arguments)],
        capture_output=True,
        check=False,
        env=environment(settings),
        text=True,
        timeout=PATIENCE,
    )

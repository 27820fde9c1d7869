"""The command line: `spotify-insights`, the only reader of arguments.

Commands are loaded when they are called, so that `start`, which mostly waits, stays small.
"""

import sys
from importlib import import_module

import click

from spotify_insights import __version__
from spotify_insights.errors import InsightsError, Invalid
from spotify_insights.settings import SettingsError

# Where each command is defined: module and function.
COMMANDS = {
    "start": ("start", "start"),
    "import": ("history", "import_"),
    "export": ("export", "export"),
    "migrate": ("services", "migrate"),
    "web": ("serve", "web"),
    "worker": ("services", "work"),
    "beat": ("services", "beat"),
    "demo": ("demo", "demo"),
    "doctor": ("doctor", "doctor"),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(import_module(f"{__name__}.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def group() -> None:
    """Insights for Spotify: your listening, collected, counted and told back."""


def main() -> None:
    """Run a command: exit 0 done, 1 failed, 2 wrong usage or a wrong setting."""
    try:
        group(prog_name="spotify-insights", standalone_mode=True)
    except SettingsError as error:
        _stop(str(error), 2)
    except Invalid as error:
        _stop(f"{error.field}: {error.detail}", 2)
    except InsightsError as error:
        _stop(error.detail, 1)


def _stop(line: str, code: int) -> None:
    click.echo(line, err=True)
    sys.exit(code)

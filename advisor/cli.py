"""The command line: `advisor compare | explain | …`. It reads, calls the public surface, and prints."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from advisor.cli_arguments import BAD_INPUT, NOT_WRITTEN
from advisor.errors import InputError, printable
from pricing import FactError

# New objects between two searches for garbage. What a command loads and works out is kept to its end, and to look
# through it every 700 objects, as Python does by itself, takes a tenth of all time.
SELDOM = 50_000

# Command -> the module that holds it under the same name, in the order of the help.
COMMANDS: Mapping[str, str] = {
    "init": "advisor.cli_init",
    "stacks": "advisor.cli_stacks",
    "compare": "advisor.cli_compare",
    "explain": "advisor.cli_compare",
    "choose": "advisor.cli_choose",
    "breakeven": "advisor.cli_breakeven",
    "calibrate": "advisor.cli_calibrate",
    "manifest": "advisor.cli_manifest",
    "dashboard": "advisor.cli_dashboard",
    "report": "advisor.cli_report",
    "diff": "advisor.cli_report",
    "batch": "advisor.cli_batch",
    "trace": "advisor.cli_trace",
    "prices": "advisor.cli_prices",
}


class Commands(TyperGroup):
    """The commands, each imported and built when it is called, and all when they are listed."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - they are the same everywhere
        """Their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; where there is none, all are built, for a message to suggest the nearest."""
        for name in [cmd_name] if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.add_command(command(name), name)
        return super().get_command(ctx, cmd_name)


def command(name: str) -> Any:
    """Import and build one command."""
    found = getattr(import_module(COMMANDS[name]), name)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(found)
        found = alone
    return typer.main.get_command(found)


app = typer.Typer(
    name="advisor",
    cls=Commands,
    help="What every way to run a service costs, in money and in hours. Prices are list prices before tax.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@app.callback()
def _commands() -> None:
    """The command line is a group, whose commands are found by name."""


def main() -> None:
    """Run the command line; what a user can mend is one message and exit code 2."""
    gc.set_threshold(SELDOM)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes a tenth of the start
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character shows another
    try:
        app()
    except InputError as error:
        _stop(BAD_INPUT, *str(error).split("\n"))
    except FactError as error:
        _stop(BAD_INPUT, str(error))
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left unwritten must not fail again
        _stop(NOT_WRITTEN, f"the answer cannot be written: {error.strerror}")
    finally:
        gc.freeze()  # nothing is looked through once more on the way out


def _stop(code: int, *lines: str) -> NoReturn:
    typer.echo("advisor: " + "\n".join(printable(line) for line in lines), err=True)
    raise SystemExit(code) from None


if __name__ == "__main__":
    main()

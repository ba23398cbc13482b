"""The command line: `vids VERB` or `vids NOUN VERB`; every mistake is one line on standard error, and an exit code.

Exit: 0 done, 2 usage, 3 rule or configuration, 4 input, 70 a bug of vids, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from vids.cli.config import config
from vids.cli.keywords import keywords
from vids.cli.replay import replay
from vids.cli.rules import rules
from vids.engine import engine
from vids.errors import VidsError
from vids.eve.text import visible
from vids.version import __version__

BUG: Final = 70  # EX_SOFTWARE (sysexits.h)
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells say it


def build() -> str:
    """Return whether the engine that runs is compiled or interpreted."""
    return "interpreted" if engine.__file__.endswith(".py") else "compiled"


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, message=f"%(prog)s %(version)s ({build()})")
@click.pass_context
def cli(context: click.Context) -> None:
    """Find attacks on virtual machines in their traffic, by signatures; write them as EVE JSON."""
    if context.invoked_subcommand is None:
        raise click.UsageError("no command")


for command in (replay, rules, keywords, config):
    if isinstance(command, click.Group):
        command.no_args_is_help = False  # one line for a missing command, as for every mistake
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    sys.exit(exit_code(sys.argv[1:] if arguments is None else arguments))


def exit_code(arguments: Sequence[str]) -> int:
    """Run one command; say what went wrong, if anything, in one line."""
    try:
        code = _invoke(list(arguments))
        sys.stdout.flush()
        return code
    except click.ClickException as error:
        return _complain(_usage(error), error.exit_code)
    except VidsError as error:
        return _complain(f"vids: {error}", error.exit_code)
    except KeyboardInterrupt:
        return _complain("vids: interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader of our output, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("VIDS_DEBUG"):
            traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        return _complain(f"vids: a bug of vids ({what}); please report it with what VIDS_DEBUG=1 adds to this", BUG)


def _invoke(arguments: list[str]) -> int:
    """Run one command and let every exception out; click's own `main` would turn some into messages and exits."""
    if "_VIDS_COMPLETE" in os.environ:  # a shell that asks how a command may go on
        cli.main(arguments, prog_name="vids")
    try:
        with cli.make_context("vids", arguments) as context:
            code = cli.invoke(context)
            return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:  # --help, --version
        return done.exit_code


def _usage(error: click.ClickException) -> str:
    """Return what is wrong with the arguments, and where the right ones are explained."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else "vids"
    return f"{path}: {error.format_message()} ({path} --help)"


def _complain(message: str, code: int) -> int:
    """Write one line for a person, whatever the message holds."""
    click.echo(visible(" ".join(message.split())), err=True)
    return code

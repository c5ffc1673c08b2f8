"""The command ``shikaku``: arguments in, a job's result out. All rules live behind ``jobs``."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from shikaku.cli_parser import parser
from shikaku.system.errors import ShikakuError

if TYPE_CHECKING:
    from shikaku import commands


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status of contract.md §3: 0, 1 or 2."""
    _speak_utf8()
    try:
        options = parser().parse_args(argv)
        from shikaku import commands
        from shikaku.system import temporary_files

        temporary_files.sweep()
        _refuse_no_day(options)
        result = commands.COMMANDS[options.command](options)
        _show(result, as_json=getattr(options, "json", False))
        return result.exit_status
    except ShikakuError as error:
        _complain(error.lines("できませんでした: "))
    except KeyboardInterrupt:
        print(
            "\n中断しました。もう一度実行してください(通知書は残りから続けます)。", file=sys.stderr
        )
    except BrokenPipeError:  # `shikaku … | head`: nobody reads on, nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last line of defence: no traceback for users
        from shikaku.system import error_report

        _complain(f"できませんでした: {error_report.report(error)}".splitlines())
    return 2


def _refuse_no_day(options: argparse.Namespace) -> None:
    """Raise UsageError for an ``--as-of`` that is no day, before anything is done, also where
    the command has no use for it."""
    if options.as_of is not None:
        from shikaku.jobs.case import day

        day(options.as_of)


def _show(result: "commands.Outcome", *, as_json: bool) -> None:
    """The result, by the door of texts that leave (``system.masking``)."""
    from shikaku.system import terminal

    if as_json:
        from shikaku.jobs.json_text import json_object

        terminal.say_json(json_object(result))
    else:
        terminal.say(result.lines())
    sys.stdout.flush()


def _complain(lines: list[str]) -> None:
    """An error, likewise: file names and options are quoted in it."""
    from shikaku.system import terminal

    terminal.complain(lines)


def _speak_utf8() -> None:
    """Japanese on any console: a cp1252 or ASCII stream would stop at the first character."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # a scheduled task has no console: nobody listens
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
        if hasattr(stream, "reconfigure"):
            if encoding in ("utf8", "cp932", "shift_jis"):
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")

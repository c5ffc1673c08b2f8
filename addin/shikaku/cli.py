"""The command ``shikaku``: arguments in, a job's result out. All rules live behind ``jobs``."""

import argparse
import sys
from typing import TYPE_CHECKING

from shikaku.cli_parser import parser
from shikaku.system.errors import ShikakuError

if TYPE_CHECKING:
    from shikaku import commands


def main(argv: list[str] | None = None) -> int:
    """Run one command: of this process's own arguments (then it ends with it) or of those given. Returns
    the exit status of contract.md §3: 0, 1 or 2; the job's own, also where nobody takes its output any
    more."""
    from shikaku.system import commits, streams
    from shikaku.system.errors import cause

    commits.begin()
    with streams.tolerant() as (out, _):
        status = _run(argv)
        out.flush()
        if out.trouble is not None and not isinstance(out.trouble, BrokenPipeError):
            _complain([f"結果を表示できませんでした({cause(out.trouble)})。"])
        _complain(list(commits.remarks()))
    return status


def _run(argv: list[str] | None) -> int:
    from shikaku.system import collecting, commits

    try:
        options = parser().parse_args(argv)
        if argv is None and options.command != "app":  # its window does one job after another
            collecting.for_one_command()
        from shikaku import commands
        from shikaku.system import temporary_files

        temporary_files.sweep()
        _refuse_no_name(options)
        _refuse_no_day(options)
        result = commands.COMMANDS[options.command](options)
        _show(result, as_json=getattr(options, "json", False))
        return result.exit_status
    except ShikakuError as error:
        done = [f"  {commits.outcome()}"] if commits.done() else []
        _complain([*error.lines("できませんでした: "), *done])
    except KeyboardInterrupt:
        so_far = f"\n{commits.outcome()}" if commits.done() else ""
        print(
            f"\n中断しました。もう一度実行してください(通知書は残りから続けます)。{so_far}",
            file=sys.stderr,
        )
    except Exception as error:  # the last line of defence: no traceback for users
        from shikaku.system import error_report

        _complain(f"できませんでした: {error_report.report(error)}".splitlines())
    return 2


def _refuse_no_name(options: argparse.Namespace) -> None:
    """Raise UsageError for a word with a zero byte, which no system takes in a name."""
    from shikaku.system.errors import UsageError

    for name, value in vars(options).items():
        words = value if isinstance(value, list) else [value]
        if any("\0" in str(word) for word in words):
            raise UsageError(
                f"{name} の指定に、使えない文字(NUL)が入っています。",
                "ファイルの名前と場所を確かめてください。",
            )


def _refuse_no_day(options: argparse.Namespace) -> None:
    """Raise UsageError for an ``--as-of`` that is no day, before anything is done, also where
    the command has no use for it."""
    if options.as_of is not None:
        from shikaku.jobs.case import day

        day(options.as_of)


def _show(result: "commands.CommandResult", *, as_json: bool) -> None:
    """The result, by the door of texts that leave (``system.masking``)."""
    from shikaku.system import terminal

    if as_json:
        written = getattr(result, "to_write", result.to_json)  # by long results
        terminal.say_json(written())
    else:
        terminal.say(result.lines())
    sys.stdout.flush()


def _complain(lines: list[str]) -> None:
    """An error, likewise: file names and options are quoted in it."""
    from shikaku.system import terminal

    terminal.complain(lines)

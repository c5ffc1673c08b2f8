"""What each command of ``cli`` does with its options: picks the job, gives it a session."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from shikaku.system.errors import UsageError

if TYPE_CHECKING:
    from shikaku.jobs.letter_options import LetterOptions
    from shikaku.workbook.session import Session


class CommandResult(Protocol):
    """What a command gives back: lines for people, an object for programs, 0 or 1."""

    @property
    def exit_status(self) -> int:
        """0, or 1 when something is to be looked at."""

    def lines(self) -> list[str]:
        """For people, in Japanese."""

    def to_json(self) -> dict[str, Any]:
        """For programs: contract.md §3."""


@dataclass
class Text:
    """A result that is just lines for people (and, where asked for, an object for programs)."""

    text: list[str]
    data: dict[str, Any] = field(default_factory=dict)
    exit_status: int = 0

    def lines(self) -> list[str]:
        """The lines."""
        return self.text

    def to_json(self) -> dict[str, Any]:
        """The object."""
        return self.data


def _session(options: argparse.Namespace) -> "Session":
    from shikaku.jobs.case import session_for

    return session_for(options.book)


def _new(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import new

    return new.new(options.book, sample=options.sample, protect=options.protect, rows=options.rows)


def _check(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import check

    if options.list:
        from shikaku.checks.catalogue import catalogue, table_markdown

        listed = [
            {"code": c.code, "severity": c.severity, "title": c.title, "source": c.source}
            for c in catalogue()
        ]
        return Text(table_markdown().splitlines(), {"checks": listed})
    if options.book is None:
        raise UsageError(
            "検証するブックが指定されていません。", "shikaku check ブック.xlsx のように書きます。"
        )
    result = check.check(
        _session(options),
        options.as_of,
        write=options.write,
        report=options.report,
        members=options.members,
        cluster=options.cluster,
    )
    if result.blocked:
        from shikaku.jobs.case import structure_error
        from shikaku.system import terminal

        error = structure_error(options.book.name, result.findings)
        if not options.json:
            raise error
        terminal.complain(error.lines("できませんでした: "))
    return result


def _tidy(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import tidy

    return tidy.tidy(_session(options), options.as_of, write=options.write)


def _decide(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import decide

    return decide.decide(
        _session(options),
        options.as_of,
        write=options.write,
        out=options.out,
        members=options.members,
        cluster=options.cluster,
    )


def letter_settings(options: argparse.Namespace) -> "LetterOptions":
    """The options that every command with letters has, as ``jobs.letters.Options`` takes them.
    Raises UsageError."""
    formats = tuple(part.strip() for part in options.format.split(",") if part.strip())
    if not formats or set(formats) - {"docx", "pdf"}:
        raise UsageError(
            f"--format の「{options.format[:20]}」は選べません。",
            "docx、pdf、docx,pdf のどれかを指定してください。",
        )
    password = None
    if options.password_file:
        from shikaku.system.passwords import read

        password = read(options.password_file)
    archive = options.pdf_a
    if archive and password:
        raise UsageError(
            "--pdf-a と --password-file は一緒に使えません(PDF/Aは暗号化できません)。",
            "どちらか一つにしてください。",
        )
    return {
        "formats": formats,
        "engine": options.pdf_engine,
        "templates": options.templates,
        "password": password,
        "archive": archive,
    }


def _letters(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import letters

    return letters.letters(
        _session(options),
        options.out,
        kinds=options.kind,
        per=options.per,
        again=options.again,
        people=options.person or (),
        as_of=options.as_of,
        members=options.members,
        cluster=options.cluster,
        **letter_settings(options),
    )


def _print(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import print_run

    chosen: LetterOptions = {**letter_settings(options), "again": options.again}
    return print_run.print_run(
        _session(options),
        options.out,
        kinds=options.kind,
        duplex=options.duplex,
        per_sheet=options.nup,
        as_of=options.as_of,
        **chosen,
    )


def _labels(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import labels

    return labels.labels(
        _session(options),
        options.out,
        layout=options.layout,
        start=options.start,
        as_of=options.as_of,
        archive=options.pdf_a,
    )


def _returns(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import returns

    return returns.returns(
        _session(options), options.as_of, write=options.write, report=options.report
    )


def _remind(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import returns

    return returns.remind(
        _session(options),
        options.out,
        kinds=options.kind,
        as_of=options.as_of,
        **letter_settings(options),
    )


def _submit(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import submit
    from shikaku.system import passwords

    if options.password_file is None:
        passwords.require_terminal()
    return submit.submit(
        _session(options),
        options.out,
        options.password_file,
        ask=passwords.ask,
        allow_errors=options.allow_errors,
        as_of=options.as_of,
    )


def _collect(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import collect

    return collect.collect(
        options.folder,
        options.out,
        options.password_file,
        as_of=options.as_of,
        accept=options.accept,
    )


def _status_import(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import status_import

    return status_import.status_import(
        _session(options),
        options.file,
        mapping=options.mapping,
        as_of=options.as_of,
        write=not options.preview,
        report=options.report,
    )


def _import(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import import_rows

    return import_rows.import_rows(
        _session(options),
        options.file,
        sheet=options.sheet,
        mapping=options.mapping,
        as_of=options.as_of,
        preview=options.preview,
    )


def _export(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import export

    return export.export(
        _session(options),
        options.out,
        mapping=options.mapping,
        encoding=options.encoding,
        form=options.format,
        password_file=options.password_file,
        as_of=options.as_of,
    )


def _received(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import received

    return received.received(_session(options), options.file, as_of=options.as_of)


def _cards_import(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import cards_import

    return cards_import.cards_import(
        _session(options),
        options.file,
        mapping=options.mapping,
        as_of=options.as_of,
        preview=options.preview,
    )


def _renewals(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import renewals

    return renewals.renewals(_session(options), options.as_of, within=options.within)


def _enroll(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import enroll

    return enroll.enroll(_session(options), options.as_of, write=options.write)


def _purge(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import purge

    return purge.purge(_session(options), options.as_of, write=options.write)


def _restore(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import restore

    return restore.restore(options.book, options.to)


def _upgrade(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import upgrade

    return upgrade.upgrade(options.book, options.out)


def _run(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import run

    chosen: LetterOptions = {**letter_settings(options), "again": options.again}
    return run.run(
        _session(options),
        options.out,
        as_of=options.as_of,
        report=options.report,
        members=options.members,
        cluster=options.cluster,
        **chosen,
    )


def _demo(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import run

    return run.demo(options.out, as_of=options.as_of, **letter_settings(options))


def _addin(options: argparse.Namespace) -> CommandResult:
    from shikaku import install

    if options.action == "build":
        path = install.build(options.out)
        return Text([f"アドインのファイルを作りました: {path}"], {"addin": str(path)})
    actions = {
        "install": install.install,
        "uninstall": install.uninstall,
        "status": install.status,
    }
    return actions[options.action]()


def _templates(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import templates

    if options.action == "list":
        return Text(templates.template_list(), {"kinds": templates.template_fields()})
    return templates.template_check(options.templates)


def _log(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import log

    return log.log(options.by, options.folder)


def _app(options: argparse.Namespace) -> CommandResult:
    from shikaku.app import start

    if options.shortcut:
        from shikaku.app import shortcut

        return Text([f"デスクトップにアイコンを置きました: {shortcut.make()}"])
    start.start(options.book)
    return Text([])


def _schema(options: argparse.Namespace) -> Text:
    from shikaku import json_schemas
    from shikaku.jobs.json_text import json_text
    from shikaku.system import streams

    found = json_schemas.of(options.of)
    streams.in_utf8()
    return Text(json_text(found).splitlines(), found)


def _doctor(options: argparse.Namespace) -> CommandResult:
    from shikaku.jobs import doctor

    return doctor.examine()


COMMANDS: dict[str, Callable[[argparse.Namespace], CommandResult]] = {
    "new": _new,
    "check": _check,
    "tidy": _tidy,
    "decide": _decide,
    "letters": _letters,
    "print": _print,
    "labels": _labels,
    "returns": _returns,
    "remind": _remind,
    "submit": _submit,
    "collect": _collect,
    "status-import": _status_import,
    "import": _import,
    "export": _export,
    "enroll": _enroll,
    "received": _received,
    "cards-import": _cards_import,
    "renewals": _renewals,
    "purge": _purge,
    "restore": _restore,
    "upgrade": _upgrade,
    "run": _run,
    "demo": _demo,
    "addin": _addin,
    "templates": _templates,
    "app": _app,
    "log": _log,
    "schema": _schema,
    "doctor": _doctor,
}
"""Command → function of the parsed options; gives a result with lines, to_json, exit_status."""

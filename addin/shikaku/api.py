"""The jobs for other programs: the commands' arguments as keywords, their results as dataclasses.

    from shikaku import api

    result = api.check("届出.xlsx", as_of=date(2026, 4, 15))
    for finding in result.findings: …
    print(result.to_json())              # the text of `shikaku check 届出.xlsx --json`

Nothing is printed. ``book`` is a path or, with Excel open, an ``xlwings.Book``: then nothing is saved.
Every error of the product is a ``ShikakuError`` with a Japanese ``message`` and ``hint``; results with
ERROR findings are results (``exit_status`` 1). Keys, codes and their meaning are those of
contract.md §3 and stay; new ones may be added. No text in a result carries an individual number.
"""

import argparse
import dataclasses
import datetime as dt
import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from shikaku.system.errors import (
    BookError,
    PdfError,
    ShikakuError,
    TemplateError,
    UsageError,
    cause,
)

if TYPE_CHECKING:
    import xlwings

    from shikaku.jobs.letter_options import LetterOptions

__all__ = [
    "BookError",
    "CheckResult",
    "DecideResult",
    "Finding",
    "LettersResult",
    "PdfError",
    "Person",
    "ReturnItem",
    "ReturnsResult",
    "RunResult",
    "ShikakuError",
    "TemplateError",
    "UnmadeLetter",
    "UsageError",
    "check",
    "decide",
    "letters",
    "returns",
    "run",
]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _own_errors(job: Callable[_P, _R]) -> Callable[_P, _R]:
    """What the machine refuses (a name too long, a folder that takes nothing) as an error of ours."""

    @functools.wraps(job)
    def wrapped(*args: _P.args, **more: _P.kwargs) -> _R:
        try:
            return job(*args, **more)
        except OSError as error:
            raise BookError(
                f"ファイルを読み書きできません({cause(error)})。",
                "ファイルの名前と場所、権限、空き容量を確かめてください。",
            ) from None

    return wrapped


Book: TypeAlias = "str | os.PathLike[str] | xlwings.Book"
Day: TypeAlias = dt.date | str | None


@dataclass(frozen=True)
class Finding:
    """One finding. code: of the catalogue (``shikaku check --list``); severity: error | warning |
    info; sheet, column: labels; row: Excel's, 0 for the sheet as a whole."""

    code: str
    severity: str
    sheet: str
    row: int
    column: str
    message: str
    hint: str
    source: str


@dataclass(frozen=True)
class Person:
    """Who needs what document (R17–R33). record: 「記号-番号-枝番」; certificate: issue | apply |
    confirm | none | not_covered; ground: application | ex_officio | bulk | None; reason: K1…K6,
    A…G or None; notice: I | II-1 | II-2 | None; delivery: employer | direct; rules: numbers of the
    guide; also: the person's other rows, each with ``sheet`` and ``row``."""

    sheet: str
    row: int
    record: str
    name: str
    certificate: str
    ground: str | None
    reason: str | None
    notice: str | None
    delivery: str
    old_card_return: bool
    rules: list[str]
    why: str
    also: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReturnItem:
    """One document of 返納管理 (R35–R46). required: None while undecided; due, returned: days or
    None; state: 対象外 | 未到来 | 返納待ち | 期限超過 | 返納済 | 返不能; stage: the last step taken."""

    control_no: str
    document: str
    record: str
    name: str
    required: bool | None
    due: dt.date | None
    returned: dt.date | None
    state: str
    stage: str
    next_action: str


@dataclass(frozen=True)
class UnmadeLetter:
    """A letter that did not come out. kind: of the catalogue; name: whose, "" for a whole kind;
    why: what it waits for, or what went wrong."""

    kind: str
    name: str
    why: str


@dataclass(frozen=True)
class _Result:
    """What all results have. book: the file's name; exit_status: the command's (0 done, 1 with
    ERROR findings or letters that failed, 2 sheets or columns are missing)."""

    book: str
    as_of: dt.date
    exit_status: int
    _data: dict[str, Any] = field(repr=False, compare=False)

    def to_json(self) -> str:
        """The text of the command's ``--json``."""
        from shikaku.jobs.json_text import json_text

        return json_text(self._data)


@dataclass(frozen=True)
class CheckResult(_Result):
    """What ``check`` found. counts: findings by severity."""

    counts: dict[str, int]
    findings: list[Finding]


@dataclass(frozen=True)
class DecideResult(_Result):
    """What ``decide`` decided, a person an entry."""

    people: list[Person]


@dataclass(frozen=True)
class ReturnsResult(_Result):
    """The return ledger as ``returns`` brings it up to date."""

    items: list[ReturnItem]


@dataclass(frozen=True)
class LettersResult(_Result):
    """What ``letters`` made. out: the folder; letters: files by kind; held: what waits for
    something in the workbook; failed: what could not be made."""

    out: Path
    pdf_engine: str
    letters: dict[str, int]
    held: list[UnmadeLetter]
    failed: list[UnmadeLetter]


@dataclass(frozen=True)
class RunResult(_Result):
    """What ``run`` did, in counts. check: findings by severity; decide: people by certificate;
    letters: files by kind; returns: documents by state; held, failed: letters."""

    out: Path
    pdf_engine: str
    check: dict[str, int]
    decide: dict[str, int]
    letters: dict[str, int]
    returns: dict[str, int]
    held: int
    failed: int


@_own_errors
def check(
    book: Book,
    *,
    as_of: Day = None,
    write: bool = False,
    report: str | os.PathLike[str] | None = None,
    members: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
) -> CheckResult:
    """Validate a workbook (``shikaku check``).

    as_of: the day that counts as today, default 設定の基準日, else today; write: mark the cells and
    fill 検証結果; report: the findings as a workbook of their own (.xlsx), with links; members: a
    CSV or Parquet file from which 加入者台帳 is read instead of the sheet; cluster: the address of a
    Dask scheduler, or ``local:N`` (a script guards its start with ``__name__``). A workbook whose sheets or
    columns are missing gives these findings alone and ``exit_status`` 2. Raises ShikakuError.
    """
    from shikaku.jobs import check as job

    result = job.check(
        _session(book),
        as_of,
        write=write,
        report=_path(report),
        members=_path(members),
        cluster=cluster,
    )
    data = _object(result)
    return CheckResult(
        *_common(data, result.exit_status),
        counts=data["counts"],
        findings=_made(Finding, data["findings"]),
    )


@_own_errors
def decide(
    book: Book,
    *,
    as_of: Day = None,
    write: bool = False,
    out: str | os.PathLike[str] | None = None,
    members: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
) -> DecideResult:
    """Decide for every person who needs what document (``shikaku decide``).

    write: fill 資格確認書判定; out: a file for the decisions, .csv or .parquet; members, cluster: as
    of ``check``. Raises ShikakuError.
    """
    from shikaku.jobs import decide as job

    result = job.decide(
        _session(book),
        as_of,
        write=write,
        out=_path(out),
        members=_path(members),
        cluster=cluster,
    )
    data = _object(result)
    return DecideResult(*_common(data, result.exit_status), people=_made(Person, data["people"]))


@_own_errors
def returns(
    book: Book,
    *,
    as_of: Day = None,
    write: bool = False,
    report: str | os.PathLike[str] | None = None,
) -> ReturnsResult:
    """Bring the return ledger up to date (``shikaku returns``).

    write: put it into 返納管理; report: make the manager's page (.xlsx) there. Raises ShikakuError.
    """
    from shikaku.jobs import returns as job

    result = job.returns(_session(book), as_of, write=write, report=_path(report))
    data = _object(result)
    items = [{**item, **{k: _day(item[k]) for k in ("due", "returned")}} for item in data["items"]]
    return ReturnsResult(*_common(data, result.exit_status), items=_made(ReturnItem, items))


@_own_errors
def letters(
    book: Book,
    *,
    out: str | os.PathLike[str],
    kind: Sequence[str] | None = None,
    per: str | None = None,
    again: bool = False,
    person: Sequence[str] = (),
    format: str | Sequence[str] = "docx,pdf",
    pdf_engine: str = "auto",
    templates: str | os.PathLike[str] | None = None,
    password_file: str | os.PathLike[str] | None = None,
    pdf_a: bool = False,
    members: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    as_of: Day = None,
) -> LettersResult:
    """Make the letters that are due and record them in the workbook (``shikaku letters``).

    out: the folder; kind: kinds of the catalogue or their Japanese names, None for all but ``notice-digits``; per: person
    | employer; again: also what was issued before; person: for these alone, each 記号-番号-枝番; format: ``docx``, ``pdf`` or both, with a comma or as a list;
    pdf_engine: auto | word | libreoffice | embedded; templates: a folder of one's own;
    password_file: holds the PDFs' password; pdf_a: for the archive; members, cluster: as of ``check``. Raises ShikakuError.
    """
    from shikaku.jobs import letters as job
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.kind_names import kind_named

    kinds = [kind_named(k) or k for k in ([kind] if isinstance(kind, str) else kind or ())]
    _choice("kind", kinds, KINDS)
    _choice("per", [per] if per else (), ("person", "employer"))
    result = job.letters(
        _session(book),
        _place(out),
        kinds=kinds or None,
        per=per,
        again=again,
        people=[person] if isinstance(person, str) else person,
        as_of=as_of,
        members=_path(members),
        cluster=cluster,
        quiet=True,
        **_letter_settings(format, pdf_engine, templates, password_file, pdf_a),
    )
    data = _object(result)
    return LettersResult(
        *_common(data, result.exit_status),
        out=_place(out),
        pdf_engine=data["pdf_engine"],
        letters=data["letters"],
        held=[UnmadeLetter(i["kind"], i["name"], i["waiting_for"]) for i in data["held"]],
        failed=[UnmadeLetter(i["kind"], i["name"], i["reason"]) for i in data["failed"]],
    )


@_own_errors
def run(
    book: Book,
    *,
    out: str | os.PathLike[str],
    again: bool = False,
    format: str | Sequence[str] = "docx,pdf",
    pdf_engine: str = "auto",
    templates: str | os.PathLike[str] | None = None,
    password_file: str | os.PathLike[str] | None = None,
    pdf_a: bool = False,
    report: str | os.PathLike[str] | None = None,
    members: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    as_of: Day = None,
) -> RunResult:
    """Check, decide, letters, returns and reminders in one go (``shikaku run``).

    All of it is written into the workbook; report, members, cluster: as of ``check``, the other keywords: as of
    ``letters``. Raises ShikakuError.
    """
    from shikaku.jobs import run as job

    options: LetterOptions = {
        **_letter_settings(format, pdf_engine, templates, password_file, pdf_a),
        "again": again,
        "quiet": True,
    }
    result = job.run(
        _session(book),
        _place(out),
        as_of=as_of,
        report=_path(report),
        members=_path(members),
        cluster=cluster,
        **options,
    )
    data = _object(result)
    return RunResult(
        *_common(data, result.exit_status),
        out=_place(out),
        **{f.name: data[f.name] for f in dataclasses.fields(RunResult) if f.name in _COUNTED},
    )


_COUNTED = {"pdf_engine", "check", "decide", "letters", "returns", "held", "failed"}


def _session(book: Any) -> Any:
    from shikaku.jobs.case import session_for

    return session_for(book)


def _object(result: Any) -> dict[str, Any]:
    from shikaku.jobs.json_text import json_object

    return json_object(result)


def _common(data: dict[str, Any], exit_status: int) -> tuple[str, dt.date, int, dict[str, Any]]:
    return data["book"], dt.date.fromisoformat(data["as_of"]), exit_status, data


_T = TypeVar("_T")


def _made(kind: type[_T], items: Iterable[Mapping[str, Any]]) -> list[_T]:
    """Objects of a dataclass; keys that a later version adds to the JSON are left out."""
    known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]  # a dataclass
    return [kind(**{k: v for k, v in item.items() if k in known}) for item in items]


def _letter_settings(
    format: str | Sequence[str], pdf_engine: str, templates: Any, password_file: Any, pdf_a: bool
) -> "LetterOptions":
    from shikaku.commands import letter_settings

    _choice("pdf_engine", [pdf_engine], ("auto", "word", "libreoffice", "embedded"))
    return letter_settings(
        argparse.Namespace(
            format=format if isinstance(format, str) else ",".join(map(str, format)),
            pdf_engine=pdf_engine,
            templates=_path(templates),
            password_file=_path(password_file),
            pdf_a=pdf_a,
        )
    )


def _choice(name: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise UsageError for a value that the command would refuse, too."""
    for value in given:
        if value not in known:
            raise UsageError(
                f"{name} の「{str(value)[:20]}」は選べません。",
                f"{', '.join(known)} から選んでください。",
            )


def _path(value: str | os.PathLike[str] | None) -> Path | None:
    return None if value is None else _place(value)


def _place(value: str | os.PathLike[str]) -> Path:
    """Where a file or folder is. Raises UsageError for what no system takes for a place."""
    try:
        path = Path(value)
    except TypeError:
        raise UsageError(
            f"ファイルかフォルダの場所として{type(value).__name__}が渡されました。",
            "文字列かPathで渡してください。",
        ) from None
    if "\0" in str(path):
        raise UsageError(
            "ファイルかフォルダの場所に、使えない文字(NUL)が入っています。",
            "ファイルの名前と場所を確かめてください。",
        )
    return path


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

"""今日の印刷: the day's letters, made and recorded as ``letters`` does, then put into one PDF a paper
in the order in which they are handed out."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Unpack

from shikaku.desk import csv_writing, print_order
from shikaku.desk.print_order import PrintedLetter
from shikaku.fields.text import guarded
from shikaku.jobs.case import Case
from shikaku.jobs.letter_options import LetterOptions
from shikaku.jobs.letters import (
    BY_DEFAULT,
    LettersResult,
    Options,
    letter_source,
    make,
    write_summary,
)
from shikaku.letters.bulk.letter_result import LetterResult
from shikaku.letters.catalogue import KINDS
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.print_file import PrintFile, PrintItem, PrintLayout, print_files
from shikaku.returns.ledger import update
from shikaku.system import usage_log
from shikaku.system.atomic import replacing
from shikaku.system.errors import UsageError, cause
from shikaku.system.masking import masked
from shikaku.workbook.session import Session

INDEX = "print-index.csv"
COLUMNS = (
    "ファイル", "開始ページ", "終了ページ", "種別", "事業所記号", "事業所名称", "所属",
    "記号", "番号", "枝番", "氏名", "発行日",
)  # fmt: skip
PER_SHEET = (1, 2, 4)
_TITLE = "今日の印刷"


@dataclass
class PrintResult:
    """The result of 今日の印刷. letters: what was made anew. files: file name → its PDF. missing:
    letters of the day whose PDF isn't in the folder any more."""

    letters: LettersResult
    files: dict[str, PrintFile]
    index: Path
    missing: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """1 when somebody's letter could not be made, or isn't there."""
        return 1 if self.missing else self.letters.exit_status

    def to_json(self) -> dict[str, Any]:
        """What ``letters`` says, and the files."""
        return self.letters.to_json() | {
            "files": [
                {"file": name, "pages": one.pages, "letters": len(one.items)}
                for name, one in self.files.items()
            ],
            "index": self.index.name,
            "missing": len(self.missing),
        }

    def lines(self) -> list[str]:
        """The letters' lines, then a line a file."""
        out = self.letters.lines()
        out += [f"  印刷に入れられません(ファイルがありません): {name}" for name in self.missing]
        folder = self.letters.out
        out += [
            f"  {folder / name}: {one.pages}ページ({len(one.items)}通)"
            for name, one in self.files.items()
        ]
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        if not self.files:
            return "今日の通知書はありません。ほかのフォルダに作った分は、そのフォルダを --out に指定します。"
        return f"印刷する順に並べました。一覧: {self.index}"


def print_run(
    session: Session,
    out: Path,
    *,
    kinds: Sequence[str] | None = None,
    as_of: str | dt.date | None = None,
    duplex: bool = False,
    per_sheet: int = 1,
    **options: Unpack[LetterOptions],
) -> PrintResult:
    """Make the letters that are due, record them, and put all that ``out`` holds of the day into
    ``a4.pdf``, ``postcard.pdf`` … and ``print-index.csv``.

    A second run on the day issues nothing anew and gives the same files. kinds, options: those of
    ``letters``; duplex, per_sheet: of ``print_file.PrintLayout``. Raises UsageError.
    """
    out = Path(out)
    if per_sheet not in PER_SHEET:
        raise UsageError(
            f"--nup の {per_sheet} は選べません。", "1、2、4 のどれかを指定してください。"
        )
    chosen = Options(**options)
    if "pdf" not in chosen.formats:
        raise UsageError("印刷にはPDFが要ります。", "--format に pdf を含めてください。")
    case = Case.load(session, as_of)
    case.require_structure()
    plan = update(case.book, case.settings, case.as_of, case.closed)
    wanted = tuple(kinds or BY_DEFAULT)
    made = make(case, out, wanted, chosen, plan)
    session.commit()
    usage_log.write("print", case.book.path, dict(made.made))
    write_summary(out, made.counted())
    of_day = print_order.without_replaced(made.of_day)
    there = [one for one in of_day if kinds is None or one.kind in wanted]
    source = letter_source(case, made.plan, wanted)
    letters, missing = _with_file(print_order.in_order(there, source), out)
    how = Finish(case.as_of, chosen.password, chosen.archive)
    files = _files(letters, _page_ranges(made.of_day), out, how, PrintLayout(duplex, per_sheet))
    _replace(out, files)
    return PrintResult(made, files, _write_index(out, letters, files), missing)


def _with_file(
    letters: Sequence[PrintedLetter], out: Path
) -> tuple[list[PrintedLetter], list[str]]:
    """The letters whose PDF is there, and the names of those whose isn't."""
    there, missing = [], []
    for letter in letters:
        path = letter.result.files.get("pdf", "")
        if path and (out / path).is_file():
            there.append(letter)
        else:
            missing.append(path or letter.result.title)
    return there, missing


def _page_ranges(results: Sequence[LetterResult]) -> dict[str, int]:
    """Key of a letter → its first page in an employer's bound file, from 0: its letters stand there
    in the order of the run."""
    next_page: dict[str, int] = defaultdict(int)
    first = {}
    for one in results:
        path = one.files.get("pdf", "")
        first[one.key] = next_page[path]
        next_page[path] += one.pages or 0
    return first


def _files(
    letters: Sequence[PrintedLetter],
    first: dict[str, int],
    out: Path,
    how: Finish,
    layout: PrintLayout,
) -> dict[str, PrintFile]:
    items = [
        PrintItem(
            out / one.result.files["pdf"],
            masked(one.bundle),
            one.result.title,
            first[one.result.key],
            one.result.pages,
        )
        for one in letters
    ]
    title = f"{_TITLE} {how.day.isoformat()}" if how.day else _TITLE
    found = print_files(items, title, how, layout)
    return {f"{name}.pdf": found[name] for name in sorted(found)}


def _replace(out: Path, files: dict[str, PrintFile]) -> None:
    """Put the files in their place. Those of an earlier run that are not made any more go: printed
    again, they would be handed out twice."""
    for name in _earlier(out) - set(files):
        with suppress(OSError):
            (out / name).unlink()
    for name, one in files.items():
        _write(out / name, one.data)


def _earlier(out: Path) -> set[str]:
    """The files of this folder's last print run, by its index."""
    try:
        text = (out / INDEX).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return set()
    names = {row.get(COLUMNS[0]) or "" for row in csv.DictReader(text.splitlines())}
    return {name for name in names if name.endswith(".pdf") and Path(name).name == name}


def _write(path: Path, data: bytes) -> None:
    try:
        with replacing(path) as draft:
            draft.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"「{path.name}」を書き込めません({cause(error)})。通知書と記録は作成済みです。",
            "そのファイルを開いているソフトを閉じ、空き容量を確かめて、もう一度実行してください。",
        ) from None


def _write_index(out: Path, letters: Sequence[PrintedLetter], files: dict[str, PrintFile]) -> Path:
    """``print-index.csv``: a row a letter, in the order of each file."""
    rows: list[Sequence[str]] = [COLUMNS]
    for name, one in files.items():
        for number, first, last in one.items:
            rows.append(_row(name, first, last, letters[number]))
    path = out / INDEX
    _write(path, csv_writing.encoded(rows, csv_writing.Dialect()))
    return path


def _row(name: str, first: int, last: int, letter: PrintedLetter) -> list[str]:
    person = letter.person
    parts = person.parts if person and person.record else ("", "", "")
    cells = (
        name, str(first), str(last), KINDS[letter.result.kind].title, letter.symbol,
        letter.employer, letter.department, *parts, person.name if person else "",
        letter.result.issued,
    )  # fmt: skip
    return [guarded(masked(cell)) for cell in cells]

"""One employer's workbook, opened, read and checked: what ``collect`` learns from a file.

Runs in a worker process, a file at a time. Whatever is wrong with a file ends as a sentence about
that file; nothing that goes wrong here stops the others.
"""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from shikaku.desk.collect import archives
from shikaku.desk.collect.inbox import Attachment
from shikaku.model.employers import fold_symbol
from shikaku.model.people import VOLUNTARY, aside
from shikaku.model.schema import FILINGS, is_older, schema
from shikaku.model.tables import EMPTY, ERROR, TEXT, Book, Cell, Row
from shikaku.ooxml.package import Package
from shikaku.system import clock, encryption
from shikaku.system.errors import BookError, ShikakuError
from shikaku.system.masking import bare, masked
from shikaku.system.reading import read_file
from shikaku.workbook import former_labels, other_formats
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.reader import read_book

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an .xlsx begins with, and an .xls."""

SHEETS = ("members", *FILINGS)
"""The sheets whose rows are collected."""

ORIGIN = (
    "receipt_no",
    "received",
    "employer_symbol",
    "employer",
    "source_file",
    "source_sheet",
    "source_row",
    "memo",
    "enrolled",
)
"""Keys of the columns that say where a row comes from, and of the clerk's own."""

RULES = ("filing_days", "count_first_day", "roll", "saturday")
"""Settings that decide when a filing is late; an employer's may differ from the insurer's."""

INSURER = ("insurer_number", "insurer_name", "insurer_address", "insurer_phone")
"""Settings that the insurer has put into the form; a new worklist takes them over."""


@dataclass(slots=True)
class TakenRow:
    """A row as it was typed. number: Excel's row in the employer's workbook."""

    sheet: str
    number: int
    cells: dict[str, Cell]

    def text(self, key: str) -> str:
        """What the user sees in a cell."""
        return self.cells[key].text if key in self.cells else ""

    def __repr__(self) -> str:
        return f"<TakenRow {self.sheet}:{self.number}>"


@dataclass(slots=True)
class Taken:
    """A file that was looked at. problem: why it can't be read, "" when it was.

    symbol, employer: of 設定; insurer: what 設定 says about the insurer; fingerprint: SHA-256 of
    the file; content: SHA-256 of the workbook inside it (the same for a copy under a password);
    notes: what the clerk should know; aside: it is no workbook at all, ``problem`` says so.
    address, contact: of 設定; rules: its settings for counting limits, by key; closed_days: of its
    sheet 休日.
    """

    attachment: Attachment
    fingerprint: str
    content: str = ""
    symbol: str = ""
    employer: str = ""
    insurer: dict[str, str] = field(default_factory=dict)
    rows: list[TakenRow] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    aside: bool = False
    address: str = ""
    contact: str = ""
    rules: dict[str, object] = field(default_factory=dict)
    closed_days: frozenset[dt.date] = frozenset()

    @property
    def counts(self) -> dict[str, int]:
        """Rows by sheet key."""
        found = Counter(row.sheet for row in self.rows)
        return {key: found[key] for key in SHEETS}


class Reader:
    """A worker's state (``system.worker_pool``). Lessons: ``passwords``, ``as_of``."""

    def __init__(self) -> None:
        self.passwords: list[str] = []
        self.as_of = clock.today()

    def learn(self, name: str, thing: object) -> None:
        """Take what is the same for all files."""
        if name == "passwords" and isinstance(thing, list):
            self.passwords = list(thing)
        elif name == "as_of" and isinstance(thing, dt.date):
            self.as_of = thing

    def work(self, attachment: Attachment) -> Taken:
        """Look at one file. Never raises."""
        return take(attachment, self.passwords, self.as_of)

    def close(self) -> None:
        """Nothing is open."""


def take(attachment: Attachment, passwords: list[str], as_of: dt.date) -> Taken:
    """Look at one file. Never raises; the password that opened it is the first tried next."""
    taken = Taken(attachment, "")
    try:
        taken.fingerprint = attachment.fingerprint
        data = _bytes(attachment, passwords)
        if encryption.is_sealed(data):
            data, index = encryption.unseal(data, passwords, attachment.shown)
            passwords.insert(0, passwords.pop(index))
        taken.content = hashlib.sha256(data).hexdigest()
        if _is_other_format(data, attachment.name):
            data = other_formats.as_xlsx(data, attachment.shown)
            taken.notes.append("Excelブック(.xlsx)でないため、セルの値だけを読みました")
        _read(taken, data, as_of)
    except ShikakuError as error:
        taken.problem = f"{error.message}{error.hint}"
    except Exception as error:  # a file that finds a mistake of ours must not cost the others
        from shikaku.system import error_report

        taken.problem = error_report.report(error).splitlines()[0]
    if taken.problem:
        taken.rows = []
    return taken


def _is_other_format(data: bytes, name: str) -> bool:
    """Whether calamine reads it: by what it is, for the formats that are .zip files by the name."""
    ending = PurePosixPath(name).suffix.lower()
    packed = data.startswith(_ZIP)
    return (
        data.startswith(_OLE)
        or ending in other_formats.ENDINGS
        and not (packed and ending == ".xls")
    )


def _bytes(attachment: Attachment, passwords: list[str]) -> bytes:
    if attachment.member:
        return archives.content(attachment.path, attachment.member, passwords, attachment.shown)
    return read_file(attachment.path)


def _read(taken: Taken, data: bytes, as_of: dt.date) -> None:
    workbook = Workbook(Package(data, taken.attachment.shown))
    if workbook.find(schema().desk["receipts"].name) is not None:
        raise BookError(
            "collect でまとめたブックです。", "事業所から届いたブックだけを取り込んでください。"
        )
    book = read_book(workbook)
    taken.notes += former_labels.complete(workbook, book)
    if book.form is not None and is_older(book.form):
        taken.notes.append(
            f"古い様式({book.form})のブックです(「shikaku upgrade」で今の様式になります)"
        )
    present = [key for key in SHEETS if key in book.tables and book.tables[key].columns]
    if not present:
        names = "」「".join(schema().sheets[key].name for key in SHEETS)
        raise BookError(
            f"届出のブックではありません(シート「{names}」が1つもありません)。",
            "送り主に確かめてください。",
        )
    taken.symbol = _setting(book, "employer_symbol")
    taken.employer = _setting(book, "employer_name")
    taken.address = _setting(book, "employer_address")
    taken.contact = _setting(book, "employer_contact")
    taken.insurer = {key: text for key in INSURER if (text := _setting(book, key))}
    for key in present:
        taken.rows += _rows(book, key)
    if not taken.symbol and not taken.employer:
        taken.symbol = _symbol_of(taken.rows)
        if taken.symbol:
            label = schema().settings["employer_symbol"].label
            taken.notes.append(
                f"設定の「{label}」が空のため、届出の記号{taken.symbol}の事業所としました"
            )
    _examine(taken, book, as_of)
    _remark(taken, book, present)


def _symbol_of(rows: Sequence[TakenRow]) -> str:
    """The 記号 that all rows of a file agree on, "" for none: a file that doesn't say who sent it is then
    its employer's all the same. 任意継続 are no employer's."""
    direct = {schema().lists["kind"][key] for key in VOLUNTARY}
    found = [masked(row.text("symbol")) for row in rows if row.text("kind").strip() not in direct]
    symbols = {fold_symbol(text): text for text in found if text.strip()}
    return next(iter(symbols.values())).strip() if len(symbols) == 1 else ""


def _setting(book: Book, key: str) -> str:
    return masked(" ".join(book.settings.get(key, Cell()).text.split()))


def _rows(book: Book, sheet: str) -> list[TakenRow]:
    """The filled rows with what was typed; formulas' columns and our origin columns left out, rows that
    are struck through (meant or not must be settled first), pasted headings and totals, too: ``_remark``
    says so."""
    spec = schema().sheets[sheet]
    keys = {c.key for c in spec.columns.values() if c.type != "formula"}
    keys |= set(spec.extra) - set(ORIGIN)
    found = []
    for row in book.rows(sheet):
        if _left_out(row):
            continue
        cells = {k: c for k, c in row.cells.items() if k in keys and c.kind != EMPTY}
        if any(c.kind != TEXT or c.text for c in cells.values()):
            found.append(TakenRow(sheet, row.number, cells))
    return found


def _left_out(row: Row) -> str:
    """struck | heading | total: why a row isn't taken, "" when it is."""
    nobody = aside(row) if row.sheet in SHEETS else None
    return nobody[0] if nobody is not None and nobody[0] in _LEFT_OUT else ""


_LEFT_OUT = {
    "struck": "取り消し線の引かれた行 {count}件 は取り込みません(届け出るか確かめてください)",
    "heading": "見出しの写しの行 {count}件 は取り込みません",
    "total": "合計の行 {count}件 は取り込みません",
}


def _examine(taken: Taken, book: Book, as_of: dt.date) -> None:
    """Count the errors and warnings, as ``check`` would; but what an older form doesn't have stops
    nothing, and sheets that aren't collected may be missing."""
    from shikaku.checks import catalogue
    from shikaku.checks.context import Context
    from shikaku.model import settings as settings_module
    from shikaku.model.calendar import closed_days
    from shikaku.model.settings import Settings

    try:
        settings = settings_module.read(book)
    except BookError as error:
        taken.notes.append(error.message.removesuffix("。"))
        settings = Settings(employer_symbol=taken.symbol, employer_name=taken.employer)
    closed = closed_days(book, settings)
    taken.rules = {key: getattr(settings, key) for key in RULES}
    taken.closed_days = frozenset(
        day for row in book.rows("closed_days") if (day := row.date("date")) is not None
    )
    context = Context(book, settings, as_of, closed)
    findings = [
        f for f in catalogue.run(context) if f.sheet in SHEETS or f.code not in ("ST01", "ST02")
    ]
    counts = Counter(f.severity for f in findings)
    taken.errors, taken.warnings = counts["error"], counts["warning"]
    lacking: dict[str, list[str]] = defaultdict(list)
    for f in findings:
        if f.code == "ST02":
            lacking[f.tab].append(f"「{f.label}」")
        elif f.code in ("ST01", "ST03", "ST16"):
            taken.notes.append(f.message.removesuffix("。"))
    taken.notes += [
        f"{sheet}に必須の列{''.join(columns)}がありません" for sheet, columns in lacking.items()
    ]


def _remark(taken: Taken, book: Book, present: Sequence[str]) -> None:
    if not taken.employer:
        label = schema().settings["employer_name"].label
        # With its 記号 a correction is still found (``merging``), and the name by 事業所.
        use = (
            f"です。宛名は、記号{taken.symbol}の事業所の名称になります"
            if taken.symbol
            else "のため、差替えの判断と事業所あての文書の宛名に使えません"
        )
        taken.notes.append(f"設定の「{label}」が空{use}")
    if not taken.rows:
        taken.notes.append("記入された行がありません")
    taken.notes += filter(None, (_not_taken(book, key) for key in present))
    taken.notes += _about_left_out(book, present)
    broken = sum(1 for row in taken.rows for cell in row.cells.values() if cell.kind == ERROR)
    if broken:
        taken.notes.append(f"エラー値のセル {broken}個 は空欄にしました")
    unfiled = sum(1 for row in taken.rows if row.sheet in FILINGS and not row.text("filed"))
    if unfiled:
        label = schema().sheets["loss"].label("filed")
        taken.notes.append(f"「{label}」が空の届出が {unfiled}件 あります")


def _about_left_out(book: Book, present: Sequence[str]) -> list[str]:
    """A sentence for each kind of row that isn't taken, if there are any."""
    found = Counter(_left_out(row) for key in present for row in book.rows(key))
    return [
        sentence.format(count=found[kind]) for kind, sentence in _LEFT_OUT.items() if found[kind]
    ]


def _not_taken(book: Book, key: str) -> str:
    """Which of a sheet's columns are the employer's own, "" for none."""
    own = [label for label in book.tables[key].unknown_labels if label.strip()]
    if not own:
        return ""
    names = "、".join(f"「{bare(' '.join(label.split()), 20)}」" for label in own[:5])
    more = f"ほか{len(own) - 5}列" if len(own) > 5 else ""
    return f"{schema().sheets[key].name}の列{names}{more}は取り込みません"

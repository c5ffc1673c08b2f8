"""The three filings as CSV, the columns and spellings decided by a mapping file.

Nothing is changed without a word: a character that Shift_JIS (JIS X 0208) doesn't have is listed
with its place and the usual replacement (髙 → 高), which then stands in the file; one without a
replacement, and any where the mapping says ``form = "as"``, stops the file. With ``form = "filing"``
names are replaced in UTF-8, too. This is a general CSV. It claims no conformity with KPFD,
届書作成プログラム or any other system's format.

個人番号 is left out. A mapping that asks for it gets an Excel workbook under a password instead of a
CSV, since plain text with numbers in it must not lie about (番号法12条; domain.md §4.3 (e)).
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.desk import csv_writing
from shikaku.desk.collect import employers
from shikaku.desk.export_mapping import FORMS, ColumnMap, FileMap
from shikaku.desk.plain_workbook import PlainSheet, build
from shikaku.fields import (
    era_date,
    individual_number,
    kana,
    person_name,
    postal_code,
    stray_number,
)
from shikaku.fields.text import guarded, is_risky, visible
from shikaku.model.schema import schema
from shikaku.model.tables import ERROR, Book, Row

_ODD_SPACE = re.compile(r"[^\S \u3000\t\r\n]")
_OF_THE_ROW: dict[str, Callable[[Row], str]] = {
    "employer_symbol": lambda row: row.text("employer_symbol"),
    "employer_name": employers.name_given,
}
"""Setting → the same of the employer who sent a collected row."""
_ERA_CODES = {"明治": 1, "大正": 3, "昭和": 5, "平成": 7, "令和": 9}

PROBLEMS = {
    "error_cell": "エラー値です",
    "not_a_date": "日付として読めません",
    "no_code": "選択肢にない値です(対応表の codes にありません)",
    "half": "壊れた文字(1文字の片割れ)があります",
    "encoding": "Shift_JISにない文字があります",
    "separator": '区切りや引用符になる文字があります(対応表が quote = "never")',
    "formula": '数式として働く文字で始まります(対応表が formula = "refuse")',
    "number_inside": "個人番号らしい12桁があります",
}
"""What stops a file."""

CHANGES = {
    "replaced": "届出用の文字に置き換えました",
    "invisible": "見えない文字を除き、特殊な空白を普通の空白にしました",
    "newline": "改行を空白にしました",
    "apostrophe": "数式として働かないよう、先頭に ' を付けました",
    "no_number": "個人番号は形が正しくないため空欄にしました",
}
"""What is done to a value, each time with a word."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one cell. kind: of PROBLEMS or CHANGES; heading: of the file's column;
    detail: characters and replacements, "" for nothing."""

    sheet: str
    row: int
    heading: str
    kind: str
    detail: str = ""


@dataclass
class Filled:
    """A file ready to be written: its rows, what stops it, what was changed."""

    map: FileMap
    rows: list[list[str]] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)


class Filler:
    """Fills one file from the workbook's rows."""

    def __init__(self, file_map: FileMap, book: Book, encoding: str, as_book: bool = False):
        self.result = Filled(file_map)
        self.book = book
        self.spec = schema().sheets[file_map.sheet]
        self.columns = {**self.spec.columns, **self.spec.extra}
        # In a workbook's text cells nothing is encoded, quoted or taken for a formula.
        self.as_book = as_book or file_map.has_numbers
        self.encoding = "utf-8" if self.as_book else encoding
        self.dialect = csv_writing.Dialect(self.encoding, file_map.quote)
        self._row = 0
        self._heading = ""
        self._as_is = False

    def fill(self) -> Filled:
        """Every row of the sheet, and the headings first where the mapping wants them."""
        for row in self.book.rows(self.result.map.sheet):
            self._row = row.number
            self.result.rows.append([self._value(row, c) for c in self.result.map.columns])
        if self.result.map.header:
            self._row = self.book.tables[self.result.map.sheet].header_row
            self.result.rows.insert(0, [self._head(c) for c in self.result.map.columns])
        return self.result

    def _head(self, column: ColumnMap) -> str:
        self._heading, self._as_is = column.heading, False
        return self._fit(column.heading)

    def _stop(self, kind: str, detail: str = "") -> None:
        self.result.problems.append(
            Note(self.result.map.sheet, self._row, self._heading, kind, detail)
        )

    def _tell(self, kind: str, detail: str = "") -> None:
        self.result.changes.append(
            Note(self.result.map.sheet, self._row, self._heading, kind, detail)
        )

    def _value(self, row: Row, column: ColumnMap) -> str:
        self._heading, self._as_is = column.heading, column.form == "as"
        if column.key == "individual_number":
            return self._number(row)
        if column.key:
            text = self._formed(row, column)
        elif column.setting:
            text = self._setting(row, column.setting)
        else:
            text = column.fixed
        if stray_number.inside(text):
            self._stop("number_inside")
            return ""
        return self._fit(text)

    def _setting(self, row: Row, key: str) -> str:
        """A line of 設定; of a row that ``collect`` has brought, what its sender's 設定 said."""
        if key in _OF_THE_ROW and row.text("receipt_no"):
            return _OF_THE_ROW[key](row)
        cell = self.book.settings.get(key)
        return cell.text if cell else ""

    def _number(self, row: Row) -> str:
        cell = row.cell("individual_number")
        found = individual_number.examine(cell.value)
        if found.ok and found.respelled:
            return found.respelled
        if found.problem not in ("blank", "pending"):
            self._tell("no_number")
        return ""

    def _formed(self, row: Row, column: ColumnMap) -> str:
        cell, spec = row.cell(column.key), self.columns[column.key]
        if cell.kind == ERROR:
            self._stop("error_cell")
            return ""
        text = cell.text
        if not text:
            return ""
        form = column.form or FORMS.get(spec.type, FORMS["text"])[0]
        if spec.type == "date":
            return self._dated(row.date(column.key), form)
        if spec.type == "choice" and column.codes:
            return self._coded(row.choice(column.key), column.codes)
        if form == "as":
            return text
        if spec.type == "postal" and postal_code.is_valid(text):
            return postal_code.format(text) if form == "hyphen" else postal_code.validate(text)
        if spec.type == "kana":
            return kana.to_full(text) if form == "full" else half_kana(kana.to_full(text))
        return self._filing(text) if form == "filing" else text

    def _dated(self, day: dt.date | None, form: str) -> str:
        if day is None:
            self._stop("not_a_date")
            return ""
        return _day(day, form)

    def _coded(self, key: str | None, codes: Mapping[str, str]) -> str:
        if key is None or key not in codes:
            self._stop("no_code")
            return ""
        return codes[key]

    def _filing(self, text: str) -> str:
        outside = person_name.outside_jis(text)
        if not outside:
            return text
        filing = person_name.filing_name(text)
        if filing is None:
            return text  # reported by _fit where the encoding can't take it
        self._tell("replaced", "、".join(f"{a} → {b}" for a, b in outside))
        return filing

    def _in_jis(self, text: str) -> str:
        """The text in JIS X 0208; where that can't be, it is listed what is to be replaced."""
        plain = _ODD_SPACE.sub(" ", visible(text))
        if text != plain:
            text = plain
            self._tell("invisible")
        if self._as_is or person_name.filing_name(text) is None:
            outside = person_name.outside_jis(text)
            listed = (f"{a} → {b}" if b else f"{a}(置き換えの例なし)" for a, b in outside)
            if outside:
                self._stop("encoding", "、".join(listed))
            return text
        return self._filing(text)

    def _fit(self, text: str) -> str:
        """The value as the file can hold it."""
        if any("\ud800" <= c <= "\udfff" for c in text):
            self._stop("half")  # no encoding has it, and Excel would call the workbook damaged
            return ""
        if self.as_book:
            return text
        if any(c in text for c in "\r\n") and self.result.map.newline == "space":
            text = " ".join(text.split())
            self._tell("newline")
        if self.encoding == "shift_jis":
            text = self._in_jis(text)
        if is_risky(text):
            if self.result.map.formula == "refuse":
                self._stop("formula")
            else:
                text = guarded(text)
                self._tell("apostrophe")
        if self.dialect.refuses(text):
            self._stop("separator")
        return text


def _day(day: dt.date, form: str) -> str:
    if form == "iso":
        return day.isoformat()
    if form == "yyyymmdd":
        return f"{day:%Y%m%d}"
    if form == "slash":
        return f"{day.year}/{day.month}/{day.day}"
    if form == "era":
        return era_date.format(day)
    era, year = era_date.era_of(day)
    return f"{_ERA_CODES[era.name]}{year:02d}{day:%m%d}"


def _half_forms() -> dict[str, str]:
    """Full-width kana → half width, voiced ones as two characters."""
    marks = ("", "ﾞ", "ﾟ")
    half = [chr(code) + mark for mark in marks for code in range(0xFF65, 0xFF9E)]
    wide = ((kana.full_width(text), text) for text in half)
    return {"\u3000": " "} | {w: text for w, text in wide if len(w) == 1}


_HALF = _half_forms()


def half_kana(text: str) -> str:
    """Katakana in half width, as older systems want it; what has no half width stays.

    >>> half_kana("ガッコウ　ハナコ")
    'ｶﾞｯｺｳ ﾊﾅｺ'
    """
    return "".join(_HALF.get(c, c) for c in text)


def workbook(filled: Filled) -> bytes:
    """The rows as an .xlsx of text cells; one with numbers goes under a password before it is
    written."""
    title = schema().sheets[filled.map.sheet].name
    header = filled.rows[0] if filled.map.header else []
    return build([PlainSheet(title, header, filled.rows[int(filled.map.header) :])])


def target(file_map: FileMap, out: Path, form: str) -> Path:
    """The file of a mapping in the folder. form: csv | xlsx; one with numbers is always a workbook."""
    path = out / file_map.file
    return path.with_suffix(".xlsx") if file_map.has_numbers or form == "xlsx" else path


@dataclass
class ExportResult:
    """The result of ``export``. form: csv | xlsx; files: written; filled: every file of the mapping;
    errors: ERROR findings on the exported sheets; password_given: for files that hold numbers."""

    book: str
    as_of: dt.date
    encoding: str
    form: str
    out: Path
    filled: list[Filled]
    files: list[tuple[Path, int]] = field(default_factory=list)
    errors: int = 0
    password_given: bool = False

    @property
    def plain(self) -> list[str]:
        """The files written without the password that was given: no number is in them."""
        if not self.password_given:
            return []
        closed = {Path(f.map.file).stem for f in self.filled if f.map.has_numbers}
        return [path.name for path, _ in self.files if path.stem not in closed]

    @property
    def exit_status(self) -> int:
        """1 when a file could not be written or rows have errors."""
        return 1 if self.errors or any(f.problems for f in self.filled) else 0

    def _notes(self) -> Iterator[tuple[Note, str]]:
        for filled in self.filled:
            yield from ((note, PROBLEMS[note.kind]) for note in filled.problems)
            yield from ((note, CHANGES[note.kind]) for note in filled.changes)

    def to_json(self) -> dict:
        """The files, and every value that is stopped or changed."""
        sheets = schema().sheets
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "format": self.form,
            "encoding": self.encoding,
            "files": [{"file": path.name, "rows": rows} for path, rows in self.files],
            "errors": self.errors,
            "plain": self.plain,
            "notes": [
                {
                    "sheet": sheets[note.sheet].name,
                    "row": note.row,
                    "column": note.heading,
                    "kind": note.kind,
                    "stops": note.kind in PROBLEMS,
                    "message": message,
                    "detail": note.detail,
                }
                for note, message in self._notes()
            ],
        }

    def lines(self) -> list[str]:
        """Value by value, then the files, then what they are not."""
        sheets = schema().sheets
        out = []
        for note, message in self._notes():
            mark = "× " if note.kind in PROBLEMS else "・"
            detail = f"({note.detail})" if note.detail else ""
            out.append(
                f"{mark}{sheets[note.sheet].name} {note.row}行目「{note.heading}」{message}{detail}"
            )
        out += [f"{path}: {rows}件" for path, rows in self.files]
        if self.plain:
            out.append(
                f"{'、'.join(self.plain)} にはパスワードを掛けていません(対応表に個人番号の列がないため、"
                "暗号化しません)。"
            )
        for filled in self.filled:
            if filled.problems:
                path = target(filled.map, self.out, self.form)
                out.append(
                    f"{path.name} は作っていません({len(filled.problems)}か所)。"
                    "ブックか対応表を直してください。"
                )
                if path.exists():
                    out.append(f"    → フォルダーにある {path.name} は以前のものです。")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        errors = (
            f"書き出したシートに検証のエラーが {self.errors}件 あります。" if self.errors else ""
        )
        kind = "CSV" if self.form == "csv" else "ブック"
        return (
            f"{len(self.files)}個のファイルを書き出しました。{errors}対応表で列を決めた一般の{kind}です。"
            "KPFDや届書作成プログラムなど、特定の形式に合うことを保証するものではありません。"
        )

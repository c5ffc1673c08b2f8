"""A list that somebody else's system has made, as lines of text with Excel's own row numbers.

CSV in UTF-8 (with or without a BOM), UTF-16, Shift_JIS as Windows writes it (cp932), EUC-JP or
ISO-2022-JP, parted by commas, tabs or semicolons; .xlsx and .xlsm by our own reader, which knows
what a cell shows (``0012`` under the format ``0000``); .xls, .xlsb and .ods by calamine. Nothing is
guessed: every value is the text that stands there, ``="0012"`` and ``'0012`` without what only keeps
Excel from reading a number. A file that is no list is refused with the place; no value is quoted,
since a column out of place may hold anything.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shikaku.model.tables import BOOL, DATE, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml.package import MAX_TOTAL, Package
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system.errors import BookError
from shikaku.system.reading import MAX_FILE, read_file
from shikaku.workbook import other_formats
from shikaku.workbook.common_parts import SheetPart, Workbook
from shikaku.workbook.labels import plain_label

MAX_LINES = 500_000
_HEADER_WITHIN = 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Excelの「名前を付けて保存」で「CSV UTF-8(コンマ区切り)」を選ぶか、出し直してください。"


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line below the headings. line: its row as Excel numbers it when it opens the file."""

    line: int
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Record {self.line}>"


@dataclass(frozen=True, slots=True)
class RawList:
    """A file's lines before anybody has said which of them holds the headings.

    form: the encoding as Python names it, or ``xlsx``, ``xls``, ``xlsb``, ``ods``; tab: the sheet
    ("" for text); lines: those with a value; numbers: 0-based columns in which a number stands whose
    leading zeros, if it had any, are gone.
    """

    name: str
    form: str
    tab: str
    lines: tuple[ListLine, ...]
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list. form, tab, numbers: as of ``RawList``; header: the headings, header_line their row;
    records: the lines below, each with as many values as there are headings."""

    name: str
    form: str
    tab: str
    header_line: int
    header: tuple[str, ...]
    records: tuple[ListLine, ...]
    numbers: frozenset[int]

    def column(self, headings: Iterable[str]) -> int | None:
        """The number of the first of these headings that is there, None when none is."""
        there = {plain_label(text): i for i, text in reversed(list(enumerate(self.header)))}
        return next((there[h] for text in headings if (h := plain_label(text)) in there), None)


def read(path: Path, known: Collection[str], limit: int = MAX_FILE) -> ListFile:
    """The list in a file. known: the headings that the reader understands; the line that has most
    of them is the line of headings, what stands above it is a title. limit: bytes of the file.

    Raises BookError: unreadable, no list (one line of text, an HTML page, headings without a line
    below), broken quotes, a value beyond the last heading, too many lines.
    """
    best: tuple[int, RawList, int] | None = None
    wanted = {plain_label(text) for text in known}
    for raw in _tabs(path, limit):
        score, at = _header_of(raw.lines, wanted)
        if best is None or score > best[0]:
            best = score, raw, at
    if best is None or best[2] < 0:
        raise BookError(
            f"「{path.name}」は一覧ではありません(見出しの行が見つかりません)。",
            "見出しの行と、その下に1行以上のデータがあるファイルを出し直してください。",
        )
    return _list(best[1], best[2])


def read_lines(path: Path) -> RawList:
    """The lines of a file that may have no headings; of a workbook its first sheet with values.
    Raises BookError as ``read`` does."""
    raw = next((raw for raw in _tabs(path) if raw.lines), None)
    if raw is None:
        raise BookError(f"「{path.name}」には1行もありません。", "ファイルを出し直してください。")
    return raw


def _header_of(lines: Sequence[ListLine], wanted: set[str]) -> tuple[int, int]:
    """(how many known headings, index of their line); without a known one the first line that has
    two values, (-1, -1) when there is none."""
    best, fallback = (0, -1), -1
    for index, record in enumerate(lines[:_HEADER_WITHIN]):
        filled = [plain_label(text) for text in record.values if text]
        found = len(wanted & set(filled))
        if found > best[0]:
            best = found, index
        if fallback < 0 and len(filled) > 1:
            fallback = index
    if best[0]:
        return best
    return (0, fallback) if fallback >= 0 else (-1, -1)


def _list(raw: RawList, at: int) -> ListFile:
    head = raw.lines[at]
    width = max(i for i, text in enumerate(head.values, 1) if text)
    header = head.values[:width]
    records = []
    for record in raw.lines[at + 1 :]:
        values = record.values
        if any(values[width:]):
            raise _broken(raw.name, record.line, f"見出しは{width}列目までで、その右に値があります")
        missing = width - len(values)
        records.append(ListLine(record.line, values[:width] + ("",) * missing))
    if not records:
        raise BookError(
            f"「{raw.name}」は{head.line}行目の見出しだけで、その下に1行もありません。",
            "抽出の条件を確かめて、ファイルを出し直してください。",
        )
    return ListFile(raw.name, raw.form, raw.tab, head.line, header, tuple(records), raw.numbers)


def _tabs(path: Path, limit: int = MAX_FILE) -> Iterator[RawList]:
    """The file's lists: one of a text, one a sheet of a workbook."""
    data = read_file(path, limit)
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16le") not in data:
        yield from _by_calamine(data, path.name, "xls")
    elif data.startswith(b"PK") and (form := _zip_form(data)):
        yield from _by_calamine(data, path.name, form)
    elif data.startswith((b"PK", _OLE)):
        yield from _by_ourselves(data, path.name)
    else:
        yield _text_lines(data, path.name)


def _raw(
    name: str, form: str, tab: str, rows: Iterable[tuple[int, Sequence[str]]], numbers: set[int]
) -> RawList:
    """numbers: filled while ``rows`` is read."""
    lines = []
    for number, values in rows:
        if any(values):
            lines.append(ListLine(number, tuple(values)))
            if len(lines) > MAX_LINES:
                raise _too_long(name)
    return RawList(name, form, tab, tuple(lines), frozenset(numbers))


def _too_long(name: str) -> BookError:
    return BookError(
        f"「{name}」の行が多すぎます({MAX_LINES:,}行まで)。", "ファイルを分けてください。"
    )


def _broken(name: str, line: int, what: str) -> BookError:
    return BookError(
        f"「{name}」の{line}行目を読めません({what})。",
        "その行をExcelかテキストエディターで確かめるか、ファイルを出し直してください。",
    )


# ---------------------------------------------------------------- workbooks


def _by_ourselves(data: bytes, name: str) -> Iterator[RawList]:
    """Every sheet of an .xlsx. Raises BookError as ``Package`` does."""
    workbook = Workbook(Package(data, name))
    for sheet in workbook.sheets:
        numbers = set[int]()
        try:
            yield _raw(name, "xlsx", sheet.name, _sheet_rows(workbook, sheet, numbers), numbers)
        except BadMarkup:
            raise workbook.damaged(sheet) from None


def _sheet_rows(
    workbook: Workbook, sheet: SheetPart, numbers: set[int]
) -> Iterator[tuple[int, list[str]]]:
    xml = workbook.sheet_xml(sheet)
    values = workbook.values(xml)
    for raw in xml.rows():
        texts: list[str] = []
        for column, attributes, content in raw.cells:
            cell = values.cell(attributes, content)
            texts += [""] * (column - len(texts))
            texts[column - 1] = _shown(cell)
            if cell.kind == NUMBER and not cell.padded:
                numbers.add(column - 1)
        yield raw.number, texts


def _shown(cell: Cell) -> str:
    """What a list's cell says; an error keeps its text (``#N/A``), so that nobody takes it for a
    blank."""
    if cell.kind == ERROR:
        return str(cell.value)
    return _plain(cell.text) if cell.kind == TEXT else cell.text


def _zip_form(data: bytes) -> str:
    """``xlsb`` or ``ods`` for the packages that our own reader leaves to calamine, else ""."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    sizes = {info.filename: info.file_size for info in infos}
    if sum(info.file_size for info in infos) > MAX_TOTAL or len(sizes) < len(infos):
        return ""  # our own reader refuses it with the way out: too large, two parts of one name
    if "xl/workbook.bin" in sizes:
        return "xlsb"
    return "ods" if {"mimetype", "content.xml"} <= set(sizes) else ""


def _by_calamine(data: bytes, name: str, form: str) -> Iterator[RawList]:
    """Every sheet of a workbook in another format. Raises BookError."""
    for tab, grid in other_formats.sheets(data, name):
        numbers = set[int]()
        rows = ((n, _calamine_texts(row, numbers)) for n, row in enumerate(grid, 1))
        yield _raw(name, form, tab, rows, numbers)


def _calamine_texts(row: Sequence[object], numbers: set[int]) -> list[str]:
    texts = []
    for column, value in enumerate(row):
        if isinstance(value, str):
            texts.append(_plain(value))
            continue
        if isinstance(value, int | float) and not isinstance(value, bool):
            kind = NUMBER
            numbers.add(column)
        else:
            kind = BOOL if isinstance(value, bool) else DATE
        texts.append(
            Cell(value, kind).text if hasattr(value, "year") or kind != DATE else str(value)
        )
    return texts


# ---------------------------------------------------------------- text

_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')


def _plain(value: str) -> str:
    """A value without what only keeps Excel from reading a number.

    >>> _plain('="0012"'), _plain("'0012"), _plain(" 12 "), _plain("'"), _plain('="a""b"')
    ('0012', '0012', '12', "'", 'a"b')
    """
    value = value.strip()
    if match := _FORMULA_TEXT.fullmatch(value):
        return match[1].replace('""', '"').strip()
    return value[1:].strip() if value.startswith("'") and len(value) > 1 else value


def _text_lines(data: bytes, name: str) -> RawList:
    form, text = _decoded(data, name)
    if text.lstrip()[:1] == "<":
        raise BookError(
            f"「{name}」は一覧ではなく、HTMLまたはXMLのページです。",
            "Excelで開けるなら「Excel ブック (*.xlsx)」として保存し直し、開けなければ出し直してください。",
        )
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # Excel obeys it and shows no row
    if declared:
        text = text[declared.end() :]
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=declared[1] if declared else _delimiter(text),
        strict=True,
    )

    def rows() -> Iterator[tuple[int, list[str]]]:
        number = 0
        try:
            for values in reader:
                number += 1
                yield number, [_plain(value) for value in values]
        except csv.Error:
            what = '引用符(")の対応が正しくありません'
            raise _broken(name, number + 1, what) from None

    return _raw(name, form, "", rows(), set())


def _delimiter(text: str) -> str:
    """What parts the values: of comma, tab and semicolon that which stands in most of the first
    lines, a comma in doubt."""
    lines = re.split(r"\r\n?|\n", text, maxsplit=60)[:60]
    return max(",\t;", key=lambda mark: (sum(mark in line for line in lines), mark == ","))


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    """(encoding, text)."""
    if not data.strip():
        raise BookError(f"「{name}」は空のファイルです。", "ファイルを出し直してください。")
    where = 0
    for encoding in _encodings(data):
        try:
            text = _cp51932(data) if encoding == "euc_jp" else data.decode(encoding)
        except UnicodeDecodeError as error:
            where = max(where, error.start)
            continue
        if "\0" in text:
            raise _broken(name, _row_of(text[: text.index("\0")]), "文字でないデータ")
        return encoding, text.rstrip("\x1a")
    line = _row_of(data[:where].decode("latin-1"))
    raise BookError(
        f"「{name}」の{line}行目に、UTF-8としてもShift_JISとしても読めない文字があります。",
        _SAVE_AS,
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    """What the bytes may be, the likeliest first. A text in cp932 with one kana or a common kanji is
    no EUC-JP (lead bytes 81-9F), while EUC-JP often passes for half-width kana in cp932."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if data.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    start = data[:4096]
    if b",\0" in start and b"\r\0\n\0" in start:
        return ("utf-16-le",)
    if b"\0," in start and b"\0\r\0\n" in start:
        return ("utf-16-be",)
    if b"\x1b$" in data:
        return ("iso2022_jp",)
    if re.fullmatch(rb"[\x00-\x7f\xa1-\xdf]*", data):  # half-width kana and nothing else
        return ("utf-8", "cp932")
    return ("utf-8", "euc_jp", "cp932")


_EUC = re.compile(rb"[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\x00-\x7f]+|(?s:.)")


def _cp51932(data: bytes) -> str:
    """EUC-JP with the characters that Windows adds (髙, ①), which Python's own codec lacks.
    Raises UnicodeDecodeError."""

    def char(match: re.Match[bytes]) -> str:
        raw = match[0]
        try:
            if len(raw) != 2 or raw[0] < 0xA1:  # ASCII too, where two of its characters stand alone
                return raw.decode("euc_jp")
            row, cell = raw[0] - 0xA0, raw[1] - 0xA0
            lead = (row + 1) // 2 + (0x80 if row < 63 else 0xC0)
            trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell < 64 else 0x40)
            return bytes((lead, trail)).decode("cp932")
        except UnicodeDecodeError:
            raise UnicodeDecodeError(
                "euc_jp", data, match.start(), match.end(), "no character"
            ) from None

    return "".join(map(char, _EUC.finditer(data)))


def _row_of(text: str) -> int:
    """Excel's row of what follows a beginning of the file: quoted line ends are none."""
    try:
        return max(1, sum(1 for _ in csv.reader(io.StringIO(text + "x", newline=""))))
    except csv.Error:
        return text.count("\n") + 1

"""Plain new workbooks for other programs and people: headings, values, links, nothing else.

Written by openpyxl, whose cells every program knows; nobody's own file ever passes through it.
The same rows give the same bytes. Text stays text, also ``=1+1`` and ``0012``.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from shikaku.ooxml import plain_form, xml_bytes

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | dt.date | None

_CREATOR = "shikaku export"
_MOMENT = dt.datetime(2026, 1, 1)
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_FONT, _WIDEST = "BIZ UDPGothic", 60


@dataclass(frozen=True)
class PlainSheet:
    """One sheet. header: its headings, none for a file without; links: (0-based row, column) →
    where it leads: a file's name ("" for this workbook) and a place like ``'資格取得届'!E5``."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]
    links: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


def build(sheets: Sequence[PlainSheet]) -> bytes:
    """The .xlsx."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator, book.properties.created = _CREATOR, _MOMENT
    for plain in sheets:
        _fill(book.create_sheet(plain.title), plain)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def is_plain(data: bytes) -> bool:
    """Whether a file is one that ``build`` has made: an older one gives way to a newer."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            core = package.read("docProps/core.xml")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError):
        return False
    try:
        core = plain_form.checked(core)
        creators = xml_bytes.within(core, lambda full: full.rpartition(b":")[2] == b"creator")
        texts = [xml_bytes.plain(core[slice(*xml_bytes.inside(core, one))]) for one in creators]
    except xml_bytes.BadMarkup:
        return False
    return texts == [_CREATOR]


def _fill(sheet: "Worksheet", plain: PlainSheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    usual, bold = Font(name=_FONT, size=10), Font(name=_FONT, size=10, bold=True)
    link = Font(name=_FONT, size=10, color="0563C1", underline="single")
    top = Alignment(vertical="top", wrap_text=True)
    for column, text in enumerate(plain.header, 1):
        _put(sheet, 1, column, text).font = bold
    first = len(plain.header) and 2 or 1
    for number, values in enumerate(plain.rows):
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            cell = _put(sheet, first + number, column + 1, value)
            cell.font, cell.alignment = usual, top
            if (number, column) in plain.links:
                file, place = plain.links[number, column]
                cell.hyperlink = Hyperlink(
                    ref=cell.coordinate, location=place, target=_target(file) if file else None
                )
                cell.font = link
    _widths(sheet, plain)
    if plain.header:
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions


def _put(sheet: "Worksheet", row: int, column: int, value: Value) -> "Cell":
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = cast("Cell", sheet.cell(row, column))
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # openpyxl takes =… for a formula and #N/A for an error
        cell.number_format = "@"
    else:
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = "yyyy-mm-dd"
    return cell


def _widths(sheet: "Worksheet", plain: PlainSheet) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(max([len(plain.header), *map(len, plain.rows)], default=0)):
        shown = [plain.header[column]] if column < len(plain.header) else []
        shown += [str(row[column]) for row in plain.rows[:200] if column < len(row) and row[column]]
        longest = max((sum(1 + (ord(c) > 0x2E7F) for c in text) for text in shown), default=0)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(longest + 2, _WIDEST)


def _target(file: str) -> str:
    """A file's name as a link's target: what means something else in an address is escaped."""
    return "".join(c if ord(c) > 127 else quote(c) for c in file)


_FONT_ORDER = (
    *(b"b", b"i", b"strike", b"condense", b"extend", b"outline", b"shadow", b"u", b"vertAlign"),
    *(b"sz", b"color", b"name", b"family", b"charset", b"scheme"),
)
"""The children of a font in the schema's order (ECMA-376 18.8.22, CT_Font); openpyxl has another."""


def _in_order(styles: bytes) -> bytes:
    """The styles part with every font's children in the schema's order, all of them empty elements
    (as openpyxl, whose output this is, spells them)."""

    def font(found: re.Match[bytes]) -> bytes:
        parts = re.findall(rb"<[^>]*/>", found[1])
        parts.sort(key=lambda part: _FONT_ORDER.index(part[1:].split(b" ")[0].rstrip(b"/>")))
        return b"<font>" + b"".join(parts) + b"</font>"

    return re.sub(rb"<font>(.*?)</font>", font, styles)


def _settled(data: bytes) -> bytes:
    """The package without the moment at which openpyxl wrote it, and with its fonts in order."""
    out = io.BytesIO()
    moment = f"{_MOMENT.isoformat()}Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "docProps/core.xml":
                pattern = rb"(<dcterms:modified[^>]*>)[^<]*"
                part = re.sub(pattern, lambda m: m[1] + moment, part)
            elif info.filename == "xl/styles.xml":
                part = _in_order(part)
            entry = zipfile.ZipInfo(info.filename, _ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return out.getvalue()

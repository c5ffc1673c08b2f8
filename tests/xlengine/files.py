"""Files as the played Excel opens them: openpyxl's reading set right, and repeated opening made quick."""

import copyreg
import hashlib
import io
import pickle
from functools import lru_cache
from pathlib import Path
from unittest import mock

import openpyxl
from lxml import etree
from openpyxl.cell.text import Text
from openpyxl.utils.bound_dictionary import BoundDictionary
from openpyxl.worksheet.dimensions import DimensionHolder
from openpyxl.worksheet.table import TableList
from openpyxl.xml.constants import SHEET_MAIN_NS

from xlengine.coerce import unescaped

_seen: set[bytes] = set()


def again(file: bytes):
    """``load``; a file that many tests open is kept packed, which is opened in a sixth of the time."""
    digest = hashlib.sha256(file).digest()
    if digest not in _seen:
        _seen.add(digest)
        return load(io.BytesIO(file))
    return pickle.loads(_packed(file))


@lru_cache(maxsize=8)
def _packed(file: bytes) -> bytes:
    return pickle.dumps(load(io.BytesIO(file)), pickle.HIGHEST_PROTOCOL)


def _tables(tables) -> TableList:
    found = TableList()
    for table in tables:
        found.add(table)
    return found


def _bound(kind, default_factory):
    found = kind.__new__(kind)
    found.default_factory = default_factory
    return found


# A sheet's tables are a dict whose items() are other pairs than those that it holds; its dimensions are
# made with arguments that pickle doesn't know of.
copyreg.pickle(TableList, lambda tables: (_tables, (list(tables.values()),)))
for _kind in (BoundDictionary, DimensionHolder):
    copyreg.pickle(
        _kind,
        lambda held: (
            _bound,
            (type(held), held.default_factory),
            vars(held),
            None,
            iter(held.items()),
        ),
    )


def load(file: Path | io.BytesIO, **options):
    """A workbook as Excel keeps it. Days are numbers: openpyxl turns a number that no day can be
    (20260401 in a cell shown as a date) into an error. Merged cells keep what is under them."""
    with (
        mock.patch("openpyxl.worksheet._reader.from_excel", lambda value, *_, **__: value),
        mock.patch("openpyxl.worksheet.worksheet.Worksheet._clean_merge_range", lambda *_: None),
        mock.patch("openpyxl.reader.excel.read_string_table", _shared_texts),
    ):
        book = openpyxl.load_workbook(file, **options)
    for cell in cells(book):
        if cell.data_type == "d":
            cell.data_type = "n"
    for cell in texts(book):
        if "_x" in cell.value:
            cell._value = unescaped(cell.value)
    return book


@lru_cache(maxsize=16)
def results(file: bytes) -> dict[tuple[str, int, int], object]:
    """The results of formulas, and other values, as a file has them: (sheet, row, column) → value."""
    book = load(io.BytesIO(file), data_only=True)
    return {
        (cell.parent.title, cell.row, cell.column): cell.value
        for cell in cells(book)
        if cell.value is not None
    }


def _shared_texts(source) -> list[str]:
    """The texts that cells share. openpyxl's own reader takes away an escaped underscore."""
    found = []
    plain = f"{{{SHEET_MAIN_NS}}}t"
    for _, node in etree.iterparse(source, tag=f"{{{SHEET_MAIN_NS}}}si"):
        alone = (
            len(node) == 1 and node[0].tag == plain
        )  # most are: no objects for runs and readings
        found.append(node[0].text or "" if alone else Text.from_tree(node).content)
        node.clear()
    return found


def texts(book):
    """The cells whose text a file writes with escapes (``_x000D_``), which openpyxl leaves be."""
    return [cell for cell in cells(book) if cell.data_type == "s" and cell.value]


def cells(book):
    """The cells that there are; openpyxl's own ways to go through a sheet make new ones."""
    for sheet in book.worksheets:
        yield from sheet._cells.values()

"""openpyxl's new sheets, quicker: each has some 60 objects that are the same in every new sheet, and
each of their values is looked at when it is set. The tests load and make twenty thousand sheets."""

import pickle

from openpyxl.workbook import child
from openpyxl.worksheet.dimensions import DimensionHolder
from openpyxl.worksheet.page import PrintPageSetup
from openpyxl.worksheet.table import TableList
from openpyxl.worksheet.worksheet import Worksheet

_OWN = ("row_dimensions", "column_dimensions", "page_setup", "_tables")
"""What knows its sheet, or can't be packed."""

_set_up = Worksheet._setup


def _packed() -> tuple[bytes, bytes]:
    sheet = Worksheet.__new__(Worksheet)
    _set_up(sheet)
    parts = {name: part for name, part in vars(sheet).items() if name not in _OWN}
    return pickle.dumps(parts, -1), pickle.dumps(child.HeaderFooter(), -1)


_PARTS, _HEADER_FOOTER = _packed()


def _set_up_quickly(sheet: Worksheet) -> None:
    vars(sheet).update(pickle.loads(_PARTS))
    sheet.row_dimensions = DimensionHolder(worksheet=sheet, default_factory=sheet._add_row)
    sheet.column_dimensions = DimensionHolder(worksheet=sheet, default_factory=sheet._add_column)
    sheet.page_setup = PrintPageSetup(worksheet=sheet)
    sheet._tables = TableList()


def install() -> None:
    """For this process, from now on."""
    Worksheet._setup = _set_up_quickly
    child.HeaderFooter = lambda: pickle.loads(_HEADER_FOOTER)

"""Columns put to the right of a table: room is looked for, what lies beyond keeps its look."""

import re

import openpyxl
import pytest
from bookparts import make, zips
from sample_rows import people
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import read_bytes
from shikaku.workbook.origin_columns import widened

SPEC = schema().sheets["acquisition"]
LAST, NEW = len(SPEC.columns), len(SPEC.extra)


@pytest.fixture
def path(tmp_path):
    return make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})


def runs_of_columns(data: bytes) -> list[tuple[int, int, bytes]]:
    """(first, last, width) of the sheet's columns."""
    xml = zips.parts(data)[zips.sheet_part(data, SPEC.name)]
    found = re.findall(rb'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml)
    return [(int(first), int(last), width) for first, last, width in found]


@pytest.mark.parametrize("beyond", [(1, 60), (NEW + 1, 60), (1, NEW)], ids=str)
def test_columns_beyond_the_new_ones_keep_their_look(path, beyond):
    first, last = (LAST + number for number in beyond)
    wide = b'<cols><col min="%d" max="%d" width="77" customWidth="1"/></cols>' % (first, last)
    part = zips.sheet_part(path, SPEC.name)
    zips.edit(path, {part: lambda data: data.replace(b"<sheetData>", wide + b"<sheetData>")})
    data = widened(
        path.read_bytes(), "b.xlsx", {"acquisition": schema().sheets["acquisition"].extra}
    )
    assert set(SPEC.extra) <= set(read_bytes(data, "b.xlsx").tables["acquisition"].columns)
    runs = [run for run in runs_of_columns(data) if run[0] > LAST]
    assert [run[:2] for run in runs[:NEW]] == [(n, n) for n in range(LAST + 1, LAST + NEW + 1)]
    rest = [(LAST + NEW + 1, last, b"77")] if last > LAST + NEW else []
    assert runs[NEW:] == rest


@pytest.mark.parametrize(("row", "column"), [(1, 1), (9, NEW)])
def test_what_stands_there_is_not_written_over(path, row, column):
    book = openpyxl.load_workbook(path)
    book[SPEC.name].cell(row, LAST + column, "私の控え")
    book.save(path)
    with pytest.raises(BookError):
        widened(path.read_bytes(), "b.xlsx", {"acquisition": schema().sheets["acquisition"].extra})

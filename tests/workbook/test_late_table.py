"""Rows of a sheet that we fill, read when somebody asks for them: the same table as read at once."""

import re

import pytest
from bookparts import make, zips
from bookparts.content import decision
from shikaku.jobs.output_rows import write_decisions
from shikaku.model.schema import schema
from shikaku.ooxml import plain_form
from shikaku.ooxml.package import Package
from shikaku.system.errors import BookError
from shikaku.workbook import reader
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.late_table import LateTable

SPEC = schema().sheets["decisions"]
LAST = rb'(<row r="7".*?)</row>'

CHANGES = {  # what, (pattern, new), whether it can still wait
    "nothing": (rb"\A", b"", True),
    "an empty row at the end": (LAST, rb'\1</row><row r="9"/>', True),
    "looks alone at the end": (LAST, rb'\1</row><row r="9"><c r="B9" s="3"/></row>', True),
    "spaces at the end": (
        LAST,
        rb'\1</row><row r="9"><c r="B9" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>',
        True,
    ),
    "somebody's remark below": (
        LAST,
        rb'\1</row><row r="9"><c r="Z9" t="inlineStr"><is><t>mine</t></is></c></row>',
        True,
    ),
    "a hidden row": (rb'<row r="4"', b'<row r="4" hidden="1"', True),
    "a prefix": (rb"\A", b"", True),
    "an attribute twice": (rb'<row r="4"', b'<row r="4" ht="9" ht="9"', False),
    "a character that XML has not": (rb"<t>", b"<t>\xef\xbf\xbf", False),
    "bytes that are no text": (rb"<t>", b"<t>\xff", False),
    "no text": (rb"<is><t>[^<]*</t></is>", b"<is><t></t></is>", False),
    "a formula": (LAST, rb'\1<c r="N7"><f>1+1</f><v>2</v></c></row>', False),
    "an error": (LAST, rb'\1<c r="N7" t="e"><v>#N/A</v></c></row>', False),
    "a text that isn't there": (LAST, rb'\1<c r="N7" t="s"><v>99999</v></c></row>', False),
    "a number that is none": (LAST, rb'\1<c r="N7"><v>x</v></c></row>', False),
    "from right to left": (LAST, rb'\1<c r="A7"><v>1</v></c></row>', False),
    "a cell twice": (rb'(<c r="B5".*?</c>)', rb"\1\1", False),
    "a row twice": (rb'(<row r="5".*?</row>)', rb"\1\1", False),
    "a cell of another row": (rb'<c r="B5"', b'<c r="B6"', False),
    "rows out of order": (rb'(<row r="5".*?</row>)(<row r="6".*?</row>)', rb"\2\1", False),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A workbook with six decisions in it."""
    path = make.book(tmp_path_factory.mktemp("late") / "b.xlsx", {})
    session = ClosedBook(path)
    session.read()
    write_decisions(session, [decision(row) for row in range(2, 8)])
    session.commit()
    return path


@pytest.fixture(autouse=True)
def _no_sheet_is_small(monkeypatch):
    monkeypatch.setattr(plain_form, "_SMALL", 0)


def _read(data: bytes, *, ours: bool):
    workbook = reader.Workbook(Package(data, "b.xlsx"))
    return reader.read_table(workbook, workbook.find(SPEC.name), SPEC, ours=ours)


def _told(data: bytes, *, ours: bool):
    try:
        table = _read(data, ours=ours)
    except BookError as error:
        return error.message
    return (
        *(table.header_row, table.columns, table.last_row, table.merged, table.computed),
        *(table.duplicate_columns, table.unknown_labels),
        [(row.number, row.cells, row.hidden, row.struck) for row in table.rows],
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_late_table_is_the_table(written, change):
    pattern, new, waits = CHANGES[change]
    contents = zips.parts(written)
    part = zips.sheet_part(written, SPEC.name)
    changed = re.sub(pattern, new, contents[part], count=1, flags=re.DOTALL)
    assert change in ("nothing", "a prefix") or changed != contents[part]
    if change == "a prefix":
        changed = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", changed).replace(b"xmlns=", b"xmlns:x=")
    data = zips.packed(contents | {part: changed})
    told = _told(data, ours=False)
    assert _told(data, ours=True) == told
    late = not isinstance(told, str) and isinstance(_read(data, ours=True), LateTable)
    assert late is waits


@pytest.mark.parametrize("change", ["nothing", "a formula", "a character that XML has not"])
def test_of_our_results_more_rows_than_people_may_type_are_no_fault(written, monkeypatch, change):
    """We wrote them ourselves; they are read when somebody asks for them."""
    pattern, new, _ = CHANGES[change]
    contents, part = zips.parts(written), zips.sheet_part(written, SPEC.name)
    data = zips.packed(contents | {part: re.sub(pattern, new, contents[part], flags=re.DOTALL)})
    told = _told(data, ours=True)
    monkeypatch.setattr(reader, "MAX_ROWS", 4)
    assert _told(data, ours=True) == told
    assert isinstance(told, str) or isinstance(_read(data, ours=True), LateTable)
    assert isinstance(_told(data, ours=False), str)


def test_rows_are_read_once(written):
    table = _read(written.read_bytes(), ours=True)
    assert table.rows is table.rows
    table.rows = []
    assert table.rows == []

"""Rows taken apart together are the rows that each gives by itself."""

import pytest
from shikaku.model.tables import BLANK
from shikaku.ooxml import plain_form, row_blocks
from shikaku.ooxml.cell_values import Values
from shikaku.ooxml.row_blocks import BlockedRows
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.xml_bytes import BadMarkup

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CODES = ["", "0000", "yyyy/mm/dd", *[""] * 300]
STRINGS = [f"text {n}" for n in range(600)]


def _row(n: int, p: bytes = b"", more: bytes = b"", tag: bytes = b' spans="1:3"') -> bytes:
    cells = (
        b'<c r="A%d" s="1" t="s"><v>%d</v></c><c r="B%d" s="2"><v>%d</v></c><c r="C%d" s="3"/>'
        b'<c r="D%d"><f/><v>%d</v></c>' % (n, n, n, 40000 + n, n, n, n % 3)
    )
    text = b'<row r="%d"%s>%s%s</row>' % (n, tag, cells, more.replace(b"#", b"%d" % n))
    return text.replace(b"</", b"\0").replace(b"<", b"<" + p).replace(b"\0", b"</" + p)


def _sheet(rows: bytes, p: bytes = b"") -> bytes:
    space = b"xmlns:" + p[:-1] if p else b"xmlns"
    return b'<%sworksheet %s="%s"><%ssheetData>%s</%ssheetData></%sworksheet>' % (
        *(p, space, MAIN, p),
        *(rows, p, p),
    )


def _read(xml: SheetXml) -> list:
    return [(raw.number, raw.hidden, raw.cells) for raw in xml.rows()]


def _cells(xml: SheetXml) -> list:
    """The rows as columns: each row's cells, where it has any."""
    values, found = Values(STRINGS, CODES, False, xml.p), []
    for block in xml.blocks():
        columns = [(column.number, values.column(column)) for column in block.columns]
        for at, (number, hidden) in enumerate(zip(block.numbers, block.hidden, strict=True)):
            cells = {n: cells[at] for n, cells in columns if cells[at] is not BLANK}
            found += [(number, hidden, cells)] if cells else []
    return found


ALIKE = b"".join(_row(n) for n in range(1, 301))


@pytest.mark.parametrize(
    ("rows", "p"),
    [
        (ALIKE, b""),
        (b"".join(_row(n, b"x:") for n in range(1, 60)), b"x:"),
        (ALIKE + b'<row r="400" ht="9"/><row r="401" hidden="1"/>' + _row(402), b""),
        (ALIKE + b'<row r="400" ht="9"/>', b""),
        (ALIKE + _row(500, tag=b' hidden="1"') + _row(501, tag=b' hidden="1"'), b""),
        # numbers of its own and of others that end like the row's
        (ALIKE + b"".join(_row(n, more=b'<c r="E#" s="#" t="n"><v>#</v></c>') for n in range(301, 330)), b""),
        (ALIKE + b"".join(_row(n, tag=b' spans="1:%d"' % n) for n in range(301, 320)), b""),
        # other kinds of cells, and numbers that aren't plainly counted
        (ALIKE + _row(301, more=b'<c r="E#" t="b"><v>1</v></c>') + _row(302, more=b'<c r="E#" t="str"><v>007</v></c>'), b""),
        (ALIKE + _row(301, more=b'<c r="E#"><v>007</v></c><c r="F#"><v>0</v></c><c r="G#"><v>-1.5</v></c>'), b""),
        (ALIKE + _row(301, more=b'<c r="E#"><v>1234567890123456</v></c>'), b""),
        (ALIKE + _row(301, more='<c r="E#" t="inlineStr"><is><t>山&amp;</t></is></c>'.encode()), b""),
        (ALIKE + _row(301, more=b'<c r="E#"><f t="shared" ref="E#:F#" si="0">A#</f><v>3</v></c>'), b""),
        # from right to left
        (ALIKE + b"".join(b'<row r="%d"><c r="C%d"><v>3</v></c><c r="A%d"><v>%d</v></c></row>' % (n, n, n, n) for n in range(301, 340)), b""),
        (b"".join(_row(n, more=b'<c r="E#" t="str"><v>own %d</v></c>' % n) for n in range(1, 40)), b""),
        # what is learnt in between
        (ALIKE + b"".join(_row(n, more=b'<c r="E#" s="5"><v>7#</v></c>' if n % 7 < 2 else b"") for n in range(301, 590)), b""),
        (b"".join(b'<row r="%d"><c r="%s%d" s="%d"><v>1%d</v></c></row>' % (n, b"ABC"[n % 3 :][:1], n, n % 4, n) for n in range(1, 900)), b""),
    ],
    ids=range(16),
)  # fmt: skip
def test_rows_together_are_the_rows_one_by_one(rows, p, monkeypatch):
    data = _sheet(rows, p)
    alone, cells = _read(SheetXml(data)), _cells(SheetXml(data))
    # A stretch ends anywhere.
    for to_learn, at_once in ((1, 1), (500, 1), (500, 300), (2000, 1 << 16), (1 << 14, 1 << 18)):
        monkeypatch.setattr(row_blocks, "_TO_LEARN", to_learn)
        monkeypatch.setattr(row_blocks, "_AT_ONCE", at_once)
        part = plain_form.checked_and_lean(data)
        assert part.data == data
        assert part.rows is not None
        assert _read(SheetXml(part.lean, part.rows)) == alone
        assert _cells(SheetXml(part.lean, part.rows)) == cells


def test_rows_that_are_alike_are_one_block(monkeypatch):
    monkeypatch.setattr(row_blocks, "_TO_LEARN", 300)
    rows = plain_form.checked_and_lean(_sheet(ALIKE)).rows
    first, rest = rows.blocks()
    assert first.numbers[0] == 1
    assert rest.numbers[-1] == 300
    assert len(rest.numbers) > 290
    assert [len(column.forms) for column in rest.columns] == [1, 1, 1]


def test_rows_with_marks_and_texts_of_their_own_are_no_blocks_of_their_own(monkeypatch):
    monkeypatch.setattr(row_blocks, "_TO_LEARN", 300)
    more = [
        b'<c r="E#" s="4"/>',
        b'<c r="E#" s="5" t="inlineStr"><is><t>own #</t></is></c>',
        b'<c r="E#" s="6"><v>#</v></c>',
        b'<c r="E#" s="7"/>',
    ]
    rows = b"".join(_row(n, more=more[n % 4] if n % 3 == 0 else b"") for n in range(301, 901))
    first, rest = plain_form.checked_and_lean(_sheet(ALIKE + rows)).rows.blocks()
    assert len(first.numbers) + len(rest.numbers) == 900
    assert [head for head, _ in rest.columns[0].forms] == [b' s="1" t="s">']


@pytest.mark.parametrize(
    "more",
    [
        b'<c r="E#"><v>1</v>',
        b'<c r="E#"><v>1</v></c></c>',
        b'<c r="E#"><v>1</c></v>',
        b'<c r="E#"><v>1</v><v>2</v></c>',
        b'<c r="E1#"><v>1</v></c>',
        b'<c r="E\x00"><v>1</v></c>',
        b'<c r="E#">\x01</c>',
        b'<c r="E#" t="zz"><v>1</v></c>',
        b"<v>1</v>",
        b"1",
    ],
    ids=range(10),
)
def test_one_spoilt_row_among_others_is_not_taken(more):
    for n in (301, 1301):
        data = ALIKE + _row(n, more=more) + _row(2000)
        assert not BlockedRows(data, 0, len(data), b"").plain


@pytest.mark.parametrize(
    "rows",
    [_row(2) + _row(1), _row(1) * 2, _row(1_048_577), _row(0), _row(12_345_678), ALIKE + _row(300)],
    ids=range(6),
)
def test_rows_out_of_order_or_beyond_the_last_are_not_taken(rows):
    assert not BlockedRows(rows, 0, len(rows), b"").plain


def test_a_place_taken_twice_is_refused_when_the_row_is_read():
    twice = [_row(n, more=b'<c r="A#"><v>1</v></c>') for n in range(1, 50)]
    part = plain_form.checked_and_lean(_sheet(b"".join(twice)))
    with pytest.raises(BadMarkup):
        list(SheetXml(part.lean, part.rows).rows())


def test_a_shared_text_that_is_not_there_is_refused_when_the_row_is_read():
    rows = b"".join(_row(n) for n in range(580, 620))
    part = plain_form.checked_and_lean(_sheet(rows))
    with pytest.raises(BadMarkup):
        _cells(SheetXml(part.lean, part.rows))


def test_attributes_of_rows_that_no_parser_accepts_are_refused():
    spoilt = _row(301, tag=b' ht="1" ht="2"')
    with pytest.raises(BadMarkup):
        plain_form.checked_and_lean(_sheet(ALIKE + spoilt))

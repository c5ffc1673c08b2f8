"""Changes to a sheet's rows where they stand are those that taking the rows apart would make."""

import random

import pytest
from shikaku.ooxml import plain_form, xml_bytes
from shikaku.ooxml.addresses import column_letters
from shikaku.ooxml.cell_xml import content_of, plain_contents
from shikaku.ooxml.row_xml import RowCells
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch

SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
COLUMNS = 24


CONTENTS = [
    *(b"/>", b"><v>1</v></c>", b' t="inlineStr"><is><t>a</t></is></c>'),
    *(b' t="inlineStr"><is><t> s="3" b</t></is></c>', b"><f>1+1</f><v>2</v></c>"),
]


RESULTS = [
    *CONTENTS[:3],
    *(b' t="str"><f>A1&amp;"x"</f><v>x</v></c>', b"><f>1+1</f><v>2</v></c>", b"><f>1</f></c>"),
    *(b' t="b"><f t="shared" si="0"/><v>1</v></c>', b' t="s"><f>1</f><v>0</v></c>'),
    *(b"><f>2</f><v/></c>", b"><f/></c>", b' t="str" cm="1"><f ca="1">1</f><v>a</v></c>'),
    b"><f>1</f><v>3</v><extLst/></c>",
]


def sheet(dice, rows=12, out_of_order=False, contents=CONTENTS):
    """Rows with gaps, with and without spans, one without cells, one that is a tag alone."""
    out = []
    for number in range(1, rows + 1):
        there = sorted(dice.sample(range(1, COLUMNS), dice.choice([0, 1, 3, 8])))
        if out_of_order and dice.random() < 0.3:
            there.reverse()
        cells = b"".join(
            b'<c r="%s%d"%s%s'
            % (
                column_letters(column).encode(),
                number,
                dice.choice([b"", b' s="3"', b' s="7"']),
                dice.choice(contents),
            )
            for column in there
        )
        spans = b' spans="1:%d"' % (max(there) + 1) if there and dice.random() < 0.6 else b""
        look = dice.choice([b"", b"", b' s="5" customFormat="1"', b' ht="30" customHeight="1"'])
        tag = b'<row r="%d"%s%s' % (number, spans, look)
        out.append(tag + (b">%s</row>" % cells if cells else b"/>"))
    cols = b'<cols><col min="2" max="4" width="9" style="4"/></cols>'
    data = b'<worksheet %s><dimension ref="A1:B2"/>%s<sheetData>%s</sheetData></worksheet>'
    return plain_form.checked(data % (SPACE, cols, b"".join(out)))


def patched(data, places, *, apart):
    """The sheet with a style for each place. apart: rows are taken apart first."""
    patch = SheetPatch(SheetXml(data), date1904=False)
    if apart:
        for row, _, _ in places:
            patch.has_value(row, 1)
    looks = [patch.style(row, column) for row, column, _ in places]
    for row, column, style in places:
        patch.restyle(row, column, style)
    after = [patch.style(row, column) for row, column, _ in places]
    return patch, looks, after


@pytest.mark.parametrize("seed", range(25))
def test_marks_where_they_stand(seed):
    dice = random.Random(seed)
    data = sheet(dice)
    places = [
        (dice.randint(1, 14), dice.randint(1, COLUMNS + 2), dice.randint(8, 9)) for _ in range(30)
    ]
    here, looks, after = patched(data, places, apart=False)
    there, *others = patched(data, places, apart=True)
    assert [looks, after] == others and here.rows.extent() == there.rows.extent()
    assert here.rows.result() == there.rows.result()
    plain_form.checked(here.rows.result())
    for row, column, _ in places[:9]:  # values into rows that have marks
        for patch in (here, there):
            patch.put(row, column + 1, "値")
    assert here.rows.result(b"", None) == there.rows.result(b"", None)


@pytest.mark.parametrize("out_of_order", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_values_where_they_stand(seed, out_of_order):
    dice = random.Random(seed)
    data = sheet(dice, out_of_order=out_of_order)
    changes = [
        (dice.randint(1, 13), dice.randint(1, COLUMNS), dice.choice(["新 s='1'", 7, None, "値"]))
        for _ in range(40)
    ]
    here, there = (SheetPatch(SheetXml(data), date1904=False) for _ in range(2))
    for row in range(1, 14):
        there.has_value(row, 1)  # takes it apart
    for number, (row, column, value) in enumerate(changes):
        for patch in (here, there):
            if number % 3 or out_of_order:  # a new tag leaves the order of the cells
                patch.put(row, column, value, (None, 8, 7)[number % 4 % 3])
            else:
                patch.restyle(row, column, 9)
        assert here.style(row, column) == there.style(row, column)
    assert here.rows.result() == there.rows.result() and here.rows.extent() == there.rows.extent()
    assert here.formulas_changed == there.formulas_changed


@pytest.mark.parametrize("out_of_order", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_results_go_where_they_stand(seed, out_of_order):
    dice = random.Random(seed)
    data = sheet(dice, out_of_order=out_of_order, contents=RESULTS[: 11 + seed % 3 // 2])
    here, there = (SheetPatch(SheetXml(data), date1904=False) for _ in range(2))
    for row in range(1, 14):
        there.has_value(row, 1)
    for patch in (here, there):
        if not out_of_order:
            patch.restyle(3, 4, 9)
        patch.put(5, 6, "値")
    columns = None if seed % 3 else {*range(2, 13)}
    for patch in (here, there):
        patch.forget_results(None if seed % 2 else 3 + seed % 7, columns, {7})
    assert here.rows.written(None, None) == there.rows.written(None, None)
    assert here.rows.extent() == there.rows.extent()
    assert columns or seed % 2 == 0 or here.rows.result().count(b"<v") < data.count(b"<v")


@pytest.mark.parametrize("change", ["put", "restyle"])
def test_new_cells_stand_before_what_newer_versions_know(change):
    row = b'<row r="1" spans="1:3"><c r="A1"><v>1</v></c><extLst/></row>'
    data = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (SPACE, row)
    patch = SheetPatch(SheetXml(plain_form.checked(data)), date1904=False)
    patch.put(1, 3, 7, 5) if change == "put" else patch.restyle(1, 3, 5)
    assert patch.rows.result().partition(b"</row>")[0].endswith(b"<extLst/>")


@pytest.mark.parametrize("out_of_order", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_cells_of_a_style_are_found_where_they_stand(seed, out_of_order):
    data = sheet(random.Random(seed), 11, out_of_order)
    here, there = (SheetPatch(SheetXml(data), date1904=False) for _ in range(2))
    for row in range(1, 14):
        there.has_value(row, 1)
    for patch in (here, there):
        patch.restyle(12, 2, 7)
        patch.put(4, 3, "値", 3)
    found = sorted(here.styled({3, 7, 12}))
    assert found == sorted(there.styled({3, 7, 12}))
    for row, column, style in found:
        assert here.style(row, column) == style in (3, 7)
    for patch in (here, there):
        for row, column, _ in found:
            patch.restyle(row, column, 8)
    if out_of_order:  # rows that nothing else changes keep their order
        assert sorted(here.rows.result().split(b"<")) == sorted(there.rows.result().split(b"<"))
    else:
        assert here.rows.result() == there.rows.result()


def test_a_sheet_that_keeps_its_marks_is_not_looked_through():
    patch = SheetPatch(SheetXml(sheet(random.Random(1))), date1904=False)
    assert patch.styled({3}) and patch.restyle_lines({11: 12}) is None
    assert patch.rows.extent() == (1, 1) and "spans" not in vars(patch.rows)
    assert patch.rows.written(None, None) == (patch.xml.data, patch.xml.data)


@pytest.mark.parametrize(("column", "spans"), [(1, "1:3"), (3, "2:3"), (5, "2:5")])
def test_a_row_says_how_far_its_new_cells_reach(column, spans):
    row = b'<row r="1" spans="2:3"><c r="B1"><v>1</v></c></row>'
    data = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (SPACE, row)
    patch = SheetPatch(SheetXml(plain_form.checked(data)), date1904=False)
    patch.put(1, column, 7)
    assert b'<row r="1" spans="%s">' % spans.encode() in patch.rows.result()


def cells(patch, *values):
    """A row's cells: (column, value, style) from the left."""
    openings = [patch.cell_opening(column) for column, _, _ in values]
    behind = [patch.behind_addresses([value], style)[0] for _, value, style in values]
    ends = [*openings[1:], patch.row_closing()]
    pieces = [openings[0], *map(bytes.__add__, behind, ends)]
    return RowCells(pieces, values[-1][0])


@pytest.mark.parametrize("points", [None, 30])
def test_new_rows_in_one_piece(points):
    data = sheet(random.Random(3))
    values = [(1, "a<&", 3), (2, 7, 0), (3, None, 4), (5, None, 0)]
    one, other = (SheetPatch(SheetXml(data), date1904=False) for _ in range(2))
    for row in (13, 20):
        one.put_new(row, 1, cells(one, *values), points)
        other.open_row(row, 1)
        for column, value, style in values:
            other.put(row, column, value, style)
        other.set_height(row, points)
    assert one.rows.result() == other.rows.result() and one.rows.extent() == other.rows.extent()
    assert 20 in one.rows and one.style(20, 1) == 3 and one.style(20, 2) == 0
    assert not one.rows.is_apart(20)
    one.put(20, 4, 1)  # and a change to one of them
    other.put(20, 4, 1, other.style(20, 4))
    assert one.rows.result() == other.rows.result()


def test_what_is_new_is_what_has_to_be_checked():
    data = sheet(random.Random(5))
    patch = SheetPatch(SheetXml(data), date1904=False)
    patch.put(3, 2, "新")
    patch.restyle(5, 1, 9)
    patch.put_new(15, 1, cells(patch, (1, 1, 0)), None)
    whole, new = patch.rows.written(None, b"<pageMargins/>")
    assert whole == patch.rows.result(None, b"<pageMargins/>")
    rows = [number for number, *_ in SheetXml(new).row_spans()]
    assert rows == [3, 5, 15] and new.endswith(b"</sheetData><pageMargins/></worksheet>")
    spans = {n: (start, end) for n, start, _, end in SheetXml(whole).row_spans()}
    for number, start, _, end in SheetXml(new).row_spans():
        assert new[start:end] == whole[slice(*spans[number])]


def test_two_changes_of_one_place_are_refused():
    with pytest.raises(xml_bytes.BadMarkup):
        xml_bytes.splice(b"abcdef", [(1, 3, b""), (2, 4, b"")])


@pytest.mark.parametrize("seed", range(20))
def test_a_sheet_that_is_nearly_new_is_written_row_after_row_to_the_same_bytes(seed):
    dice = random.Random(seed)
    data = sheet(dice, rows=6).replace(b"<row ", b"\n<row ")
    patch = SheetPatch(SheetXml(data), date1904=False)
    patch.restyle(2, 1, 8)  # a row that only has a new tag
    patch.put(dice.choice([1, 3]), 4, "既存")
    new = dice.sample(range(7, 200), 60) if seed % 2 else [*range(9, 80)]
    for number in new:
        patch.open_row(number, 1)
        patch.put(number, 2, number)
    patch.put_new(300, 1, cells(patch, (3, "x", 0)), None)
    head, tail = (None, b"<pageMargins/>") if seed % 3 else (b"<cols/>", None)
    whole, to_check = patch.rows.written(head, tail)
    assert whole == patch.rows.result(head, tail)
    assert to_check is whole  # all of it
    assert b'<row r="300"' in whole and whole.count(b"<row ") == 6 + len(new) + 1


@pytest.mark.parametrize(
    "odd",
    [
        *("", " a", "a ", "　a", "a\tb", "a\nb", "a\r\nb", "a&b", "<", ">", "_x000D_", "a\x01"),
        *("\ud800", "\ufffe", "長" * 40_000, "𠮷" * 20_000, None, True, 1.5, 2),
    ],
    ids=ascii,
)
def test_many_contents_at_once_are_those_one_by_one(odd):
    for values in (["架空　太郎", odd, "100-2-00"], [odd], [7, odd]):
        many = plain_contents(values, b"x:")
        one_by_one = [content_of(value, b"x:", False) for value in values]
        assert many is None or [(many.kind, one) for one in many.within(b"", b"")] == one_by_one
    assert plain_contents(["架空　太郎", "a b"], b"") is not None
    assert plain_contents([], b"") is None

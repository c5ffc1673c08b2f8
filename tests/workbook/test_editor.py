"""Single cells of a closed workbook; files of other programs."""

import datetime as dt
import re

import office
import openpyxl
import pytest
from bookparts import make, rich, zips
from bookparts.content import plan, planned_row
from bookparts.ours import NAMES, cell, everything, read
from sample_rows import people
from shikaku.jobs.output_rows import write_ledger
from shikaku.workbook.closed_file import ClosedBook

TEXTS = (
    "=1+1",
    "+81",
    "-5",
    "@SUM(A1)",
    "\tx",
    " 前後 ",
    "改\n行",
    "a\r\nb",
    "_x0041_",
    "<&>\"'",
    "𠮷髙﨑",
    "a\x00\x0b\ufffeb",
    "",
    "00012",
    "TRUE",
    "1E5",
)


def test_text_is_written_as_text_whatever_it_looks_like(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(len(TEXTS))})
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", n, "remarks", text) for n, text in enumerate(TEXTS, 2)])
    session.commit()
    others = openpyxl.load_workbook(path)[NAMES["acquisition"]]
    for row, text in zip(read(path, "acquisition"), TEXTS, strict=True):
        found, place = row.cell("remarks"), f"U{row.number}"
        expected = text.replace("\r\n", "\n").translate(dict.fromkeys((0, 0x0B, 0xFFFE)))
        assert found.value == (expected or None), repr(text)
        assert not found.formula and b"<f" not in cell(path, "acquisition", place), repr(text)
        other = others[place]
        if text != "_x0041_":  # openpyxl leaves Excel's own escape as it stands
            assert (other.value or "") == expected, repr(text)
        assert other.data_type in ("s", "inlineStr", "n") and other.data_type != "f", repr(text)
    assert office.validate(path) == ""


def test_values_keep_the_cells_look_and_dates_get_one(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    style = re.search(rb' s="(\d+)"', cell(path, "acquisition", "F2"))[1]
    session = ClosedBook(path)
    session.read()
    session.set_cells(
        [
            ("acquisition", 2, "birth", dt.date(2000, 2, 29)),
            ("acquisition", 3, "birth", dt.datetime(2000, 3, 1, 12)),
            ("acquisition", 2, "individual_number", None),
            ("acquisition", 2, "name", "架空 五郎"),
            ("acquisition", 3, "remarks", dt.date(2026, 4, 1)),
        ]
    )
    session.commit()
    rows = read(path, "acquisition")
    assert [row.cell("birth").value for row in rows[:2]] == [
        dt.date(2000, 2, 29),
        dt.date(2000, 3, 1),
    ]
    assert b's="%s"' % style in cell(path, "acquisition", "F2")
    assert rows[0].cell("individual_number").kind == "empty"
    assert cell(path, "acquisition", "H2").startswith(b'<c r="H2" s=')
    assert rows[0].text("name") == "架空 五郎"
    assert rows[1].cell("remarks").value == dt.date(2026, 4, 1)  # a text cell turned into a date


def test_choices_are_written_in_the_words_of_the_lists(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"members": [{"name": "架空 太郎", "symbol": "1"}]})
    session = ClosedBook(path)
    session.read()
    session.set_cells(
        [("members", 2, "myna_status", "no_card"), ("members", 2, "want", "希望する")]
    )
    session.commit()
    row = read(path, "members")[0]
    assert (row.text("myna_status"), row.choice("want")) == ("カードなし", "yes")


def test_settings_and_columns_that_are_not_there(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})
    session = ClosedBook(path)
    row = session.read().setting_rows["as_of"]
    session.set_cells(
        [("settings", row, "as_of", dt.date(2026, 4, 15)), ("members", 2, "employer", "架空商事")]
    )
    session.commit()
    assert ClosedBook(path).read().settings["as_of"].value == dt.date(2026, 4, 15)


def test_overwriting_a_shared_formula_leaves_its_sharers_theirs(tmp_path):
    path = tmp_path / "b.xlsx"
    make.book(path, {"acquisition": people(4)}, tables=False)
    sheet = zips.sheet_part(path, NAMES["acquisition"])

    def shared(data):
        for number in range(2, 6):
            formula = (
                b'<f t="shared" ref="U2:U5" si="3">B2&amp;&quot;B2&quot;&amp;$B$1</f>'
                if number == 2
                else b'<f t="shared" si="3"/>'
            )
            data = re.sub(
                rb'<c r="U%d" s="(\d+)"/>' % number,
                rb'<c r="U%d" s="\1" t="str">%s<v>x</v></c>' % (number, formula),
                data,
            )
        return data

    zips.edit(path, {sheet: shared})
    assert b'si="3"' in cell(path, "acquisition", "U5")
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "remarks", "書き換え")])
    session.commit()
    assert "書き換え".encode() in cell(path, "acquisition", "U2")
    for number in (3, 4, 5):
        assert b'<f>B%d&amp;"B2"&amp;$B$1</f><v>x</v>' % number in cell(
            path, "acquisition", f"U{number}"
        )
    assert office.validate(path) == ""


def test_formulas_are_calculated_anew_when_the_file_is_opened(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    zips.edit(
        path,
        {"xl/workbook.xml": lambda d: re.sub(rb"<calcPr[^>]*>", b'<calcPr calcId="191029"/>', d)},
    )
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "name", "架空 六郎")])
    session.commit()
    assert b'<calcPr calcId="191029" fullCalcOnLoad="1"/>' in zips.parts(path)["xl/workbook.xml"]
    assert "xl/calcChain.xml" in zips.parts(path)  # no formula came or went
    zips.edit(path, {"xl/workbook.xml": lambda d: re.sub(rb"<calcPr[^>]*>", b"", d)})
    session.read()
    write_ledger(session, plan([planned_row(1), planned_row(2)]))
    session.commit()
    assert b'<calcPr fullCalcOnLoad="1"/>' in zips.parts(path)["xl/workbook.xml"]
    parts = zips.parts(path)
    assert "xl/calcChain.xml" not in parts
    assert b"calcChain" not in parts["[Content_Types].xml"] + parts["xl/_rels/workbook.xml.rels"]
    assert office.validate(path) == ""


def test_what_formulas_gave_before_a_cell_changed_is_stored_no_more(tmp_path):
    """Programs that don't calculate when they open a file would show it."""
    row = people(1)[0] | {"input_check": "OK", "status": "OK"}
    path = make.book(tmp_path / "b.xlsx", {"acquisition": [row, row]}, settings={"as_of": ""})
    session = ClosedBook(path)
    places = session.read().setting_rows
    session.set_cells([("acquisition", 2, "name", "架空 六郎")])
    session.commit()
    assert [r.text("input_check") for r in read(path, "acquisition")] == ["", "OK"]
    session.read()  # a setting is in every formula
    session.set_cells([("settings", places["as_of"], "", dt.date(2026, 4, 15))])
    session.commit()
    rows = read(path, "acquisition")
    assert [r.text("input_check") for r in rows] == ["", ""]
    assert all(r.cell("input_check").formula for r in rows)


def test_a_write_that_fails_half_way_takes_the_sessions_other_writes_with_it(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    before = path.read_bytes()
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "name", "架空 六郎")])
    with pytest.raises(KeyError):
        session.set_cells([("acquisition", 3, "name", "半分"), ("acquisition", 3, "nothing", "x")])
    session.commit()
    assert path.read_bytes() == before


def test_all_writes_into_files_of_openpyxl_and_libreoffice(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(5)}, prepare=8)
    openpyxl.load_workbook(path).save(tmp_path / "o.xlsx")
    saved = office.convert(path, tmp_path / "lo")
    for file in (tmp_path / "o.xlsx", saved):
        everything(ClosedBook(file))
        book = ClosedBook(file).read()
        assert len(book.tables["findings"].rows) == len(book.tables["ledger"].rows) == 2
        assert len(book.tables["decisions"].rows) == 2
        assert len(book.tables["history"].rows) == 1
        assert book.tables["acquisition"].rows[2].text("remarks") == "確認済"
        again = openpyxl.load_workbook(file)
        assert again[NAMES["findings"]]["B2"].value == "RQ01"


def test_writes_into_prefixed_unnumbered_and_1904_xml(tmp_path):
    base = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)}, tables=False)
    original = zips.parts(base)

    def prefixed(data):
        return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data).replace(b"xmlns=", b"xmlns:x=")

    main = ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
    sheets = [n for n in original if n.startswith("xl/worksheets/sheet")]
    variants = {
        "prefixed": {n: prefixed for n in sheets + main},
        "unnumbered": {n: lambda d: re.sub(rb'<(row|c) r="\w+"', rb"<\1", d) for n in sheets},
        "1904": {
            "xl/workbook.xml": lambda d: d.replace(b"<workbookPr", b'<workbookPr date1904="1"')
        },
        "no styles": {
            "xl/styles.xml": None,
            "[Content_Types].xml": lambda d: re.sub(
                rb'<Override PartName="/xl/styles[^>]*>', b"", d
            ),
            "xl/_rels/workbook.xml.rels": lambda d: re.sub(
                rb"<Relationship [^>]*/styles\"[^>]*>", b"", d
            ),
        },
    }
    relation = variants["no styles"]["xl/_rels/workbook.xml.rels"]
    variants["styles nobody knows of"] = {"xl/_rels/workbook.xml.rels": relation}
    for name, changes in variants.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(zips.packed(original))
        zips.edit(path, changes)
        everything(ClosedBook(path))
        book = ClosedBook(path).read()
        assert [r.number for r in book.tables["findings"].rows] == [2, 3], name
        assert [r.text("control_no") for r in book.tables["ledger"].rows] == ["K-0001", "K-0002"], (
            name
        )
        assert book.tables["history"].rows[0].date("issued") == dt.date(2026, 4, 15), name
        assert book.tables["acquisition"].rows[2].text("remarks") == "確認済", name
        assert office.validate(path) == "", name

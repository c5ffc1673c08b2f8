"""The workbook as a product: what the contract promises, part by part."""

import datetime as dt
import re
import shutil
import zipfile

import openpyxl
import pytest
from bookparts import zips
from case_files import load
from cover_counts import cover_counts
from office import convert, first_lines, validate
from sample_rows import short_sample
from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import write_findings
from shikaku.law import closed_days
from shikaku.live.cell_faults import judged
from shikaku.live.columns import CHECK_DATE
from shikaku.live.counts import FAULT_CODES
from shikaku.live.row_faults import choices, dittoable, needs
from shikaku.live.typed_days import DAYS
from shikaku.model.schema import FILINGS, schema
from shikaku.returns.ledger import update
from shikaku.system.resources import folder
from shikaku.template import builder, code_lists, sample
from shikaku.template.builder import Content
from shikaku.template.count_formulas import COUNTED
from shikaku.template.table_sheet import PREPARED
from shikaku.workbook.closed_file import ClosedBook
from xlsxwriter.worksheet import Worksheet

CONTRACT = load("template/builder")
SHEETS, LABELS, SETTINGS = CONTRACT["sheets"], CONTRACT["labels"], CONTRACT["settings"]


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "new.xlsx"
    builder.build(path)
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "sample.xlsx"
    builder.build(path, sample=True)
    return path


@pytest.fixture(scope="module")
def book(blank):
    with pytest.warns(UserWarning, match="Print area"):  # openpyxl knows fixed areas only
        return openpyxl.load_workbook(blank)


@pytest.fixture(scope="module")
def parts(blank):
    with zipfile.ZipFile(blank) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


def test_every_function_has_the_name_that_the_file_needs(monkeypatch):
    """XlsxWriter, looking at each formula, finds none to rename. In each row of a column it is the same."""
    content = short_sample(2)
    made = builder.render(content, 2)
    monkeypatch.setattr(builder, "_FormulaSheet", Worksheet)
    assert builder.render(content, 2) == made


def part(parts, sheet: str) -> str:
    """The XML of a sheet, by its key."""
    return parts[f"xl/worksheets/sheet{list(schema().sheets).index(sheet) + 1}.xml"]


ADDED = {schema().sheets["acquisition"].label(key) for key in ("status", "days")}
ADDED_TO = {schema().sheets["findings"].name: {schema().sheets["findings"].label("name")}}
"""Calculated columns beyond the contract's."""


def tables() -> list[str]:
    return [key for key, sheet in schema().sheets.items() if sheet.table]


def test_sheets_stand_in_the_contracts_order(book):
    assert book.sheetnames == SHEETS


@pytest.mark.parametrize("sheet", LABELS)
def test_labels_are_the_contracts(book, sheet):
    labels = [label.rstrip("*") for label in LABELS[sheet]]
    added = ADDED | ADDED_TO.get(sheet, set())
    assert [cell.value for cell in book[sheet][1] if cell.value not in added] == labels


def test_the_status_stands_beside_the_name_and_the_live_columns_last(book):
    for key in FILINGS:
        labels = [cell.value for cell in book[schema().sheets[key].name][1]]
        columns = schema().sheets[key].columns
        assert labels.index(columns["status"].label) == labels.index(columns["name"].label) + 1
        live = ("limit", "limit_state", "days_left", "number_check", "input_check")
        assert labels[-5:] == [columns[k].label for k in live]


@pytest.mark.parametrize("sheet", [name for name in LABELS if "*" in "".join(LABELS[name])])
def test_required_columns_are_the_contracts(book, sheet):
    spec = next(s for s in schema().sheets.values() if s.name == sheet)
    assert [c.label for c in spec.columns.values() if c.required] == [
        label[:-1] for label in LABELS[sheet] if label.endswith("*")
    ]
    bold = {cell.value for cell in book[sheet][1] if cell.font.bold}
    assert bold == {label[:-1] for label in LABELS[sheet] if label.endswith("*")}


def test_every_label_of_the_schema_is_there(book):
    for key in tables():
        sheet = schema().sheets[key]
        assert [cell.value for cell in book[sheet.name][1]] == [
            column.label for column in sheet.columns.values()
        ]
    labels = [cell.value for cell in book["設定"]["A"]]
    assert [label for label in labels if label in SETTINGS] == SETTINGS
    assert {setting.label for setting in schema().settings.values()} <= set(labels)


def test_settings_carry_their_defaults_and_an_explanation(book):
    rows = {row[0].value: row for row in book["設定"].iter_rows(min_row=2, max_col=3)}
    for setting in schema().settings.values():
        _, value, note = rows[setting.label]
        assert value.value == setting.default
        assert note.value == setting.note != ""
        assert not value.protection.locked


@pytest.mark.parametrize("key", tables())
def test_tables_are_named_and_cover_the_prepared_rows(book, key):
    sheet = schema().sheets[key]
    (table,) = book[sheet.name].tables.values()
    assert table.displayName == sheet.table
    rows = int(re.search(r":[A-Z]+(\d+)$", table.ref)[1]) - 1
    expected = {"output": 1, "input": PREPARED, "ledger": PREPARED}[sheet.role]
    assert rows == (len(builder.closed_days()) if key == "closed_days" else expected)
    assert table.autoFilter.ref == table.ref


@pytest.mark.parametrize("key", [*FILINGS, "ledger"])
def test_calculated_columns_stand_in_every_prepared_row_and_in_the_table(book, parts, key):
    sheet = schema().sheets[key]
    xml = next(text for text in parts.values() if f'displayName="{sheet.table}"' in text)
    columns = re.findall(r'<tableColumn [^>]*name="([^"]+)"[^>]*?(?:/>|>(.*?)</tableColumn>)', xml)
    calculated = {
        name: re.search(r"<calculatedColumnFormula>(.*?)</calc", inner) for name, inner in columns
    }
    live = [c for c in sheet.columns.values() if c.type == "formula"]
    assert live
    for column in live:
        number = list(sheet.columns).index(column.key) + 1
        formulas = {book[sheet.name].cell(row, number).value for row in range(2, PREPARED + 2)}
        assert len(formulas) == 1
        (formula,) = formulas
        text = calculated[column.label][1]
        assert formula == "=" + text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert [name for name, found in calculated.items() if found] == [c.label for c in live]


def test_formulas_use_plain_functions_and_defined_names_only(book, parts):
    names = set(book.defined_names) | {n for ws in book for n in ws.defined_names}
    table_names = {sheet.table for sheet in schema().sheets.values()}
    seen = set()
    for ws in book:
        for row in ws.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    seen.add(cell.value)
    assert len(seen) > 30
    named = [*book.defined_names.values(), *(n for ws in book for n in ws.defined_names.values())]
    seen |= {"=" + name.attr_text for name in named}
    for formula in seen:
        assert len(formula) < 8192
        bare = re.sub(r"\[(?:\[[^\]]*\],?:?)*\]|\[[^\]]*\]", "", re.sub(r'"[^"]*"', '""', formula))
        bare = re.sub(r"'[^']*'!", "", bare)
        assert set(re.findall(r"([A-Z][A-Z.]+)\(", bare)) <= set(CONTRACT["functions"])
        words = set(re.findall(r"[^\W\d_A-Za-z][\w]*", bare, re.UNICODE))
        assert words <= names | table_names, words - names - table_names
    assert "{=" not in "".join(seen)


def test_the_steps_of_the_names_stay_out_of_sight(parts):
    """People see the names that mean something to them, not how text becomes a day."""
    tags = re.findall(r"<definedName ([^>]*)>", parts["xl/workbook.xml"])
    days = {
        re.search('name="([^"]*)"', tag)[1]: 'hidden="1"' in tag for tag in tags if "日付" in tag
    }
    typed = {name for name, hidden in days.items() if not hidden}
    assert typed >= {"日付_基準日", "日付_届出日", "日付_資格取得年月日", "日付_返納日"}
    assert {name.partition("_")[0] for name in days.keys() - typed} == {"日付の字", "日付の値"}


def test_blank_rows_show_blank_without_recalculation(blank):
    ws = _values(blank)[schema().sheets["acquisition"].name]
    assert {cell.value for row in ws.iter_rows(min_row=2, min_col=20) for cell in row} == {None}


def _values(path):
    with pytest.warns(UserWarning, match="Print area"):
        return openpyxl.load_workbook(path, data_only=True)


def test_identifiers_are_text_and_days_show_both_calendars(parts, book):
    for key in tables():
        sheet = schema().sheets[key]
        if sheet.role == "output":
            continue
        xml = part(parts, key)
        formats = _column_formats(parts, xml)
        for number, column in enumerate(sheet.columns.values(), 1):
            if column.type in ("digits", "individual_number", "postal"):
                assert formats[number] == "@", column.label
            if column.type == "date":
                assert formats[number] == '[$-411]ggge"年"m"月"d"日"(yyyy)', column.label


def _column_formats(parts, xml: str) -> dict[int, str]:
    styles = parts["xl/styles.xml"]
    codes = {"49": "@", "0": "General"} | {
        found[0]: found[1].replace("&quot;", '"')
        for found in re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles)
    }
    cells = re.search(r"<cellXfs.*?</cellXfs>", styles, re.S)[0]
    ids = re.findall(r'<xf numFmtId="(\d+)"', cells)
    found = {}
    for col in re.findall(r"<col [^>]*/>", xml):
        values = dict(re.findall(r'(\w+)="([^"]*)"', col))
        for number in range(int(values["min"]), int(values["max"]) + 1):
            found[number] = codes.get(ids[int(values["style"])], "?")
    return found


@pytest.mark.parametrize("key", [key for key in tables() if schema().sheets[key].role != "output"])
def test_validation_guides_every_column(parts, book, key):
    xml = part(parts, key)
    rules = {}
    for tag, body in re.findall(r"<dataValidation ([^>]*?)(?:/>|>(.*?)</dataValidation>)", xml):
        values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        formula = re.search(r"<formula1>(.*?)</formula1>", body or "")
        letters = re.match(r"[A-Z]+", values["sqref"])[0]
        rules[letters] = values, formula[1] if formula else ""
        assert len(formula[1] if formula else "") <= 255
        assert values["sqref"].endswith("2001")
    names = code_lists.names()
    columns = list(schema().sheets[key].columns.values())
    for number, column in enumerate(columns, 1):
        values, formula = rules[openpyxl.utils.get_column_letter(number)]
        modes = {"hiragana": "hiragana", "fullKatakana": "fullKatakana", "off": "off", "": None}
        assert values.get("imeMode") == modes[column.ime], column.label
        if column.list:
            assert (values["type"], formula) == ("list", names[column.list])
            assert values.get("errorStyle", "stop") == "stop"
        elif column.advice:
            assert values["type"] == "list" and "showErrorMessage" not in values
        elif column.type == "formula":
            assert (values["type"], formula) == ("custom", "FALSE")
        elif column.type == "date":
            assert values["type"] == "custom" and values.get("errorStyle", "stop") == "stop"
        elif column.type == "individual_number":
            assert values["errorStyle"] == "warning"
        if column.type != "formula":
            assert column.note == "" or values["prompt"] == column.note


def test_drop_downs_point_at_their_lists(book):
    codes = book[schema().sheets["codes"].name]
    for key, name in code_lists.names().items():
        area = book.defined_names[name].attr_text.split("!")[1].replace("$", "")
        cells = codes[area]
        cells = [row[0] for row in cells] if isinstance(cells, tuple) else [cells]
        assert [cell.value for cell in cells] == list(schema().lists[key].values())


WIDE = ("members", *FILINGS, "ledger", "history")


@pytest.mark.parametrize("key", tables())
def test_screen_and_paper(book, parts, key):
    ws = book[schema().sheets[key].name]
    assert ws.freeze_panes is not None
    assert ws.page_setup.orientation == "landscape" and ws.page_setup.paperSize == 9
    assert ws.print_title_rows == "$1:$1"
    assert ws.oddHeader.left.text and "&P" in ws.oddFooter.center.text
    if key == "closed_days":
        assert ws.page_setup.scale == 60
    else:
        assert ws.sheet_properties.pageSetUpPr.fitToPage and ws.page_setup.fitToHeight == 0
    assert not ws.col_breaks.brk and not ws.row_breaks.brk


def test_paper_ends_at_the_last_filled_row(parts):
    """A fixed print area would cut off people; without one, 500 blank rows would be printed."""
    areas = re.findall(
        r'<definedName name="_xlnm.Print_Area" localSheetId="(\d+)"[^>]*>(.*?)</definedName>',
        parts["xl/workbook.xml"],
    )
    names = list(schema().sheets)
    assert {names[int(index)] for index, _ in areas} == {"cover", "codes", *WIDE}
    for index, formula in areas:
        sheet = schema().sheets[names[int(index)]]
        if sheet.key in WIDE:
            assert f":INDEX({sheet.table}[]," in formula
            assert formula.startswith((f"'{sheet.name}'!$A$1:", f"{sheet.name}!$A$1:"))


def test_protection_keeps_formulas_and_lets_tables_grow(book, parts):
    protected = {ws.title for ws in book if ws.protection.sheet}
    assert protected == {"表紙", "設定", "コード表"}
    assert all(ws.protection.password is None for ws in book)
    assert "workbookProtection" not in parts["xl/workbook.xml"]
    for key in (*FILINGS, "ledger"):
        ws = book[schema().sheets[key].name]
        columns = list(schema().sheets[key].columns.values())
        for number, column in enumerate(columns, 1):
            if column.type == "formula":
                assert ws.cell(2, number).protection.locked
    ws = book["設定"]
    open_ = {c.row for row in ws.iter_rows(max_col=3) for c in row if not c.protection.locked}
    assert len(open_) == len(schema().settings)


def test_colours_come_with_words_or_signs(parts):
    """Every colour that warns in the live columns brings a sign along (or the text itself says it)."""
    styles = parts["xl/styles.xml"]
    dxfs = re.findall(r"<dxf>(.*?)</dxf>", styles, re.S)
    warned = [dxf for dxf in dxfs if "FBE4D5" in dxf.upper() and "<b" in dxf]
    assert warned and any("▲" in dxf for dxf in warned)
    assert any("●" in dxf for dxf in dxfs) and any("○" in dxf for dxf in dxfs)


def test_properties_and_bytes_do_not_depend_on_the_day(blank, filled, tmp_path):
    for path, sample_ in ((blank, False), (filled, True)):
        again = tmp_path / "again.xlsx"
        builder.build(again, sample=sample_)
        assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(blank) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert "健康保険の届出と資格確認書" in core and "2026-04-01T00:00:00Z" in core


def test_the_packed_template_is_the_builders(blank):
    assert (folder("workbooks") / "submission.xlsx").read_bytes() == blank.read_bytes()


def test_small_enough_for_the_mail(blank, filled):
    assert max(blank.stat().st_size, filled.stat().st_size) < 400_000


def test_the_closed_days_are_those_of_the_law():
    assert builder.closed_days() == closed_days.built_in(2024, 2031)


def test_results_that_our_writing_has_made_untrue_are_not_left_there(filled, tmp_path):
    """LibreOffice and Excel's protected view work out only what has no result. Results that still
    hold, and those of people's own formulas, stay."""
    path = tmp_path / "b.xlsx"
    shutil.copy(filled, path)
    session = ClosedBook(path)
    session.set_cells([("acquisition", 3, "remarks", "確認済")])
    session.commit()
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book["資格取得届"]
    labels = {c.value: c.column for c in sheet[1]}
    live = [labels[schema().sheets["acquisition"].label(k)] for k in ("limit", "limit_state")]
    assert all(sheet.cell(3, c).value is None for c in live)
    assert all(sheet.cell(4, c).value is not None for c in live)
    formulas = [
        c.coordinate
        for row in openpyxl.load_workbook(path)["表紙"].iter_rows()
        for c in row
        if isinstance(c.value, str) and c.value.startswith("=")
    ]
    assert len(formulas) > 20 and all(book["表紙"][place].value is None for place in formulas)
    marked = tmp_path / "marked.xlsx"
    shutil.copy(filled, marked)
    session = ClosedBook(marked)
    session.read()
    write_findings(session, [])
    session.commit()
    shown = openpyxl.load_workbook(marked, data_only=True)["表紙"]
    assert any(shown[place].value not in (None, 0) for place in formulas)


@pytest.mark.parametrize("which", ["blank", "filled"])
def test_the_open_xml_sdk_has_nothing_against_it(which, request):
    assert validate(request.getfixturevalue(which)) == ""


def test_the_cover_counts_what_check_finds(filled):
    with pytest.warns(UserWarning, match="Print area"):
        counts = cover_counts(filled)
    case = Case.load(ClosedBook(filled))
    assert counts == counts_of_findings(case)


def counts_of_findings(case: Case) -> dict[str, dict[str, int]]:
    """The counts of 表紙, taken from ``check``'s findings and the ledger of ``returns``."""
    plan = update(case.book, case.settings, case.as_of, case.closed)
    states = [item["state"] for item in plan.items()]
    words = schema().lists["return_state"]
    found = {}
    for key, counted in COUNTED.items():
        here = [f for f in case.findings if f.sheet == key]

        def rows(code, here=here):
            return len({f.row for f in here if f.code == code})

        seen = _looked_at(key)
        faulty = {
            f.row
            for f in here
            if f.code in FAULT_CODES
            and (f.severity == "error" or f.code == "MN09")
            and (f.code != "ST05" or f.column in seen)
        }
        values = {
            "rows": len(case.book.tables[key].rows),
            "overdue": states.count(words["overdue"]) if key == "ledger" else rows("DL02"),
            "soon": rows("DL03"),
            "faults": len(faulty) if key != "ledger" else states.count(CHECK_DATE),
            "unknown": rows("KK03"),
            "unreturned": states.count(words["overdue"]) + states.count(words["waiting"]),
        }
        found[key] = {count: values[count] for count in counted}
    return found


def _looked_at(key: str) -> set[str]:
    """Keys of the cells that 入力チェック and 個人番号チェック look at."""
    spec = schema().sheets[key]
    keys = {"individual_number"} | {need.key for need in needs(key)}
    if key in FILINGS:
        keys |= {*choices(key), *dittoable(key), *DAYS[key], *dict(judged(key))}
    return {k for k in keys if k in spec.columns}


def test_libreoffice_changes_no_row_and_no_finding(filled, tmp_path):
    """Opened, recalculated and saved in LibreOffice: the same rows, settings and findings."""
    before = Case.load(ClosedBook(filled))
    after = Case.load(ClosedBook(convert(filled, tmp_path / "saved")))
    for key in before.book.tables:
        pairs = [
            [
                (row.number, {k: c.text for k, c in row.cells.items()})
                for row in case.book.tables[key].rows
            ]
            for case in (before, after)
        ]
        assert pairs[0] == pairs[1], key
    assert before.settings == after.settings
    assert [f.to_json() for f in before.findings] == [f.to_json() for f in after.findings]


def test_growth_keeps_formulas_and_rules(tmp_path):
    """More rows than prepared: the table, its formulas and its print area go with them."""
    people = list(sample.generate(PREPARED + 100))
    content = Content(
        {"acquisition": [sample.for_sheet("acquisition", row) for row in people]},
        {"as_of": dt.date(2026, 4, 15)},
    )
    path = tmp_path / "grown.xlsx"
    path.write_bytes(builder.render(content))
    with pytest.warns(UserWarning, match="Print area"):
        ws = openpyxl.load_workbook(path)[schema().sheets["acquisition"].name]
    (table,) = ws.tables.values()
    assert table.ref == f"A1:AA{PREPARED + 101}"
    assert ws.cell(PREPARED + 101, 23).value == ws.cell(2, 23).value


@pytest.mark.parametrize(
    ("options", "rows"), [({}, 25), ({"rows": 40}, 40), ({"protect": True}, 500)]
)
def test_as_many_rows_are_ready_as_were_asked_for(tmp_path, options, rows):
    from shikaku.jobs.new import new

    path = tmp_path / "b.xlsx"
    new(path, **options)
    tables = b"".join(data for name, data in zips.parts(path).items() if "/tables/" in name)
    ends = dict(
        re.findall(r'<table [^>]*?\bname="([^"]+)"[^>]*\bref="[^"]*?(\d+)"', tables.decode())
    )
    for key in (*FILINGS, "ledger"):
        assert ends[schema().sheets[key].table] == str(rows + 1)


@pytest.mark.parametrize("rows", [0, -1, 5_001])
def test_a_number_of_rows_that_makes_no_sense_is_named(tmp_path, rows):
    from shikaku.jobs.new import new
    from shikaku.system.errors import UsageError

    with pytest.raises(UsageError):
        new(tmp_path / "b.xlsx", rows=rows)
    assert not (tmp_path / "b.xlsx").exists()


def test_an_empty_filing_sheet_is_one_page_in_a_program_without_our_print_area(blank, tmp_path):
    pages = first_lines(convert(blank, tmp_path, "pdf"))
    names = [schema().sheets[key].name for key in (*FILINGS, "ledger", "members")]
    assert {name: pages.count(name) for name in names} == dict.fromkeys(names, 1)

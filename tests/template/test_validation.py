"""What the validations say while people type, worked out by LibreOffice; and what follows from it
in the live columns and the counts of 表紙 when somebody gets past them."""

import re
import zipfile

import openpyxl
import pytest
from case_files import cases
from office import convert
from shikaku.model.schema import Column, schema
from shikaku.template import builder, count_formulas, validation
from shikaku.template.builder import Content

RULES = cases("template/validation")


def formula(type_: str, cell: str) -> str:
    """A validation's rule as a formula that can stand in a cell."""
    rule = validation.rule(cell, Column("key", "見出し", type_), "")
    if rule["validate"] == "integer":
        low, high = rule["minimum"], rule["maximum"]
        return f"=IF(ISNUMBER({cell}),AND({cell}=INT({cell}),{cell}>={low},{cell}<={high}),FALSE)"
    assert rule["validate"] == "custom"
    return rule["value"]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """(type, what is in the cell) → whether the validation lets it in."""
    book = openpyxl.Workbook()
    sheet = book.active
    tried = [(r["type"], value) for r in RULES for value in (*r["good"], *r["bad"])]
    for row, (type_, value) in enumerate(tried, 1):
        sheet.cell(row, 1, value)
        if isinstance(value, str):
            sheet.cell(row, 1).number_format = "@"
        sheet.cell(row, 2, formula(type_, f"A{row}"))
    folder = tmp_path_factory.mktemp("rules")
    book.save(folder / "rules.xlsx")
    done = openpyxl.load_workbook(convert(folder / "rules.xlsx", folder / "out"), data_only=True)
    # An error in the rule keeps the value out, as FALSE and 0 do.
    return {
        tried[row - 1]: done.active.cell(row, 2).value in (True, 1)
        for row in range(1, len(tried) + 1)
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["type"])
def test_the_validation_lets_in_what_may_be_and_nothing_else(rule, verdicts):
    for wanted, values in ((True, rule["good"]), (False, rule["bad"])):
        said = {value: verdicts[rule["type"], value] for value in values}
        assert {value for value, let_in in said.items() if let_in != wanted} == set()


def print_area(path, key: str, folder) -> tuple[int, int]:
    """Rows and columns of a sheet's print area, worked out by LibreOffice in a cell of 表紙."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    number = list(schema().sheets).index(key)
    names = parts["xl/workbook.xml"].decode("utf-8")
    area = re.search(rf'Print_Area" localSheetId="{number}"[^>]*>(.*?)</definedName>', names)[1]
    cover = parts["xl/worksheets/sheet1.xml"].decode("utf-8")
    cover = re.sub("<f>.*?</f>", f"<f>ROWS({area})*1000+COLUMNS({area})</f>", cover, count=1)
    parts["xl/worksheets/sheet1.xml"] = cover.encode("utf-8")
    asked = folder / f"{key}.xlsx"
    with zipfile.ZipFile(asked, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    sheet = openpyxl.load_workbook(convert(asked, folder / "out"), data_only=True).worksheets[0]
    return divmod(int(sheet["B3"].value), 1000)


@pytest.mark.parametrize("key", ["acquisition", "ledger", "members"])
def test_paper_ends_at_the_last_row_that_holds_anything(key, tmp_path):
    """Also when that row has no name, or an error in its cells."""
    columns = schema().sheets[key].columns
    first, last = "symbol", "filed" if "filed" in columns else "lost"
    rows = [{"name": "甲 乙", "remarks": "#N/A"}] + [{}] * 40 + [{last: "未定"}, {first: "#N/A"}]
    book = tmp_path / "book.xlsx"
    book.write_bytes(builder.render(Content({key: rows}), prepared=60))
    assert print_area(book, key, tmp_path) == (len(rows) + 1, len(columns))
    book.write_bytes(builder.render(Content({key: rows[:1]}), prepared=60))
    assert print_area(book, key, tmp_path) == (26, len(columns))


def test_rows_below_a_table_are_named_on_the_cover(tmp_path):
    """LibreOffice and protected sheets let no table grow; the counts must not look complete then."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(builder.render(Content({"loss": [{"name": "甲 乙"}]}), prepared=30))
    book = openpyxl.load_workbook(path)
    for key, row in (("acquisition", 32), ("ledger", 900), ("loss", 31)):  # 31 is the last inside
        spec = schema().sheets[key]
        column = list(spec.columns).index("name") + 1
        book[spec.name].cell(row, column, "丙 丁")
    book.save(tmp_path / "typed.xlsx")
    notes = []
    for source in (path, tmp_path / "typed.xlsx"):
        sheet = openpyxl.load_workbook(convert(source, tmp_path / "out"), data_only=True)["表紙"]
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        notes.append(
            next(
                t
                for t in texts
                if t == count_formulas.LEGEND or t.startswith(count_formulas.OUTSIDE)
            )
        )
    assert notes == [count_formulas.LEGEND, f"{count_formulas.OUTSIDE}資格取得届 返納管理 "]

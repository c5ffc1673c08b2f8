"""What the validations say while people type, worked out by LibreOffice; and what follows from it
in the live columns and the counts of 表紙 when somebody gets past them."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from case_files import cases
from office import convert, convert_all
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


@pytest.mark.parametrize(
    ("type_", "style"),
    [("individual_number", "warning"), ("postal", "warning"), ("date", "stop"), ("count", "stop")],
)
def test_what_check_understands_may_be_typed_after_a_warning(type_, style):
    """A number with hyphens, a 〒 before the digits: nobody is kept from going on."""
    rule = validation.rule("B2", Column("key", "見出し", type_), "")
    assert rule.get("error_type", "stop") == style


FORMULA = '<c r="([A-Z]+[0-9]+)"[^>]*><f>.*?</f>'


def asking_for_print_areas(path: Path, keys: Sequence[str]) -> list[str]:
    """The workbook with rows and columns of the sheets' print areas in cells of 表紙, to be worked out.
    Returns the cells."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    names = parts["xl/workbook.xml"].decode("utf-8")
    cover = parts["xl/worksheets/sheet1.xml"].decode("utf-8")
    cells = []
    for key, found in zip(
        keys, list(re.finditer(FORMULA, cover)), strict=False
    ):  # there are more formulas
        number = list(schema().sheets).index(key)
        area = re.search(rf'Print_Area" localSheetId="{number}"[^>]*>(.*?)</definedName>', names)[1]
        asked = f'<c r="{found[1]}"><f>ROWS({area})*1000+COLUMNS({area})</f>'
        cover = cover.replace(found[0], asked, 1)
        cells.append(found[1])
    parts["xl/worksheets/sheet1.xml"] = cover.encode("utf-8")
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return cells


def last_cells(key: str) -> list[dict]:
    """Rows of a sheet, of which the last has no name and an error in its cells."""
    first, last = "symbol", "filed" if "filed" in schema().sheets[key].columns else "lost"
    return [{"name": "甲 乙", "remarks": "#N/A"}] + [{}] * 40 + [{last: "未定"}, {first: "#N/A"}]


PRINTED = ("acquisition", "ledger", "members")


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> dict[tuple[str, bool], tuple[int, int]]:
    """(Sheet, whether it is filled) → rows and columns of its print area, by one LibreOffice."""
    folder = tmp_path_factory.mktemp("printed")
    asked = {}
    for filled in (True, False):
        rows = {key: last_cells(key) if filled else last_cells(key)[:1] for key in PRINTED}
        path = folder / f"{filled}.xlsx"
        path.write_bytes(builder.render(Content(rows), prepared=60))
        asked[filled] = asking_for_print_areas(path, PRINTED)
    found = {}
    done = convert_all([folder / f"{filled}.xlsx" for filled in asked], folder / "out")
    for (filled, cells), path in zip(asked.items(), done, strict=True):
        cover = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        for key, cell in zip(PRINTED, cells, strict=True):
            found[key, filled] = divmod(int(cover[cell].value), 1000)
    return found


@pytest.mark.parametrize("key", PRINTED)
def test_paper_ends_at_the_last_row_that_holds_anything(key, printed):
    """Also when that row has no name, or an error in its cells."""
    columns = len(schema().sheets[key].columns)
    assert printed[key, True] == (len(last_cells(key)) + 1, columns)
    assert printed[key, False] == (26, columns)


def test_rows_below_a_table_are_named_on_the_cover(tmp_path):
    """LibreOffice and protected sheets let no table grow; the counts must not look complete then."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(builder.render(Content({"loss": [{"name": "甲 乙"}]}), prepared=30))
    book = openpyxl.load_workbook(path)
    below = (("members", 40), ("acquisition", 32), ("dependants", 33), ("ledger", 900))
    for key, row in (*below, ("loss", 31)):  # 31 is the last inside
        spec = schema().sheets[key]
        column = list(spec.columns).index("name") + 1
        book[spec.name].cell(row, column, "丙 丁")
    book.save(tmp_path / "typed.xlsx")
    notes = []
    for done in convert_all([path, tmp_path / "typed.xlsx"], tmp_path / "out"):
        sheet = openpyxl.load_workbook(done, data_only=True)["表紙"]
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        notes.append(
            next(
                t
                for t in texts
                if t == count_formulas.LEGEND or t.startswith(count_formulas.OUTSIDE)
            )
        )
    names = [f"{schema().sheets[key].name} " for key, _ in below]
    assert notes == [count_formulas.LEGEND, f"{count_formulas.OUTSIDE}{''.join(names)}"]

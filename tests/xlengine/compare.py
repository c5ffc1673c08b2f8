"""Two workbooks held side by side as a user would see them: values, fills, links, tables, names."""

import warnings
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from shikaku.workbook import book_id

from xlengine.cells import HYPERLINK, shown_by
from xlengine.files import again
from xlengine.looks import has_fill


def differences(one: Path | Workbook, other: Path | Workbook, *, formats=False) -> list[str]:
    """Where two workbooks differ; [] when they say the same. Number formats are left out unless
    ``formats``: text in a file needs none to stay text, text in Excel does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left, right = (again(b.read_bytes()) if isinstance(b, Path) else b for b in (one, other))
    found = []
    if left.sheetnames != right.sheetnames:
        return [f"sheets: {left.sheetnames} {right.sheetnames}"]
    for sheet in left:
        twin = right[sheet.title]
        for row, column in sorted({*sheet._cells, *twin._cells}):
            cells = sheet.cell(row, column), twin.cell(row, column)
            a, b = (_seen(cell) + ((cell.number_format,) if formats else ()) for cell in cells)
            if a != b:
                found.append(f"{sheet.title}!{cells[0].coordinate}: {a} {b}")
        links = _links(sheet), _links(twin)
        if links[0] != links[1]:
            found.append(f"{sheet.title} links: {links[0]} {links[1]}")
        look, other = _around(sheet), _around(twin)
        found += [f"{sheet.title} {k}: {look[k]} {other[k]}" for k in look if look[k] != other[k]]
    names = [
        {
            name: (item.attr_text, bool(item.hidden))
            for name, item in book.defined_names.items()
            if name != book_id.NAME  # a write of the file gives one, Excel's saving keeps it
        }
        for book in (left, right)
    ]
    if names[0] != names[1]:
        found.append(f"names: {names[0]} {names[1]}")
    return found


def _around(sheet) -> dict[str, object]:
    """What a user sees of a sheet besides its cells."""
    rows, columns = sheet.row_dimensions, sheet.column_dimensions
    return {
        "tables": dict(sheet.tables.items()),
        "hidden rows": {number for number, row in rows.items() if row.hidden},
        "hidden columns": {letter for letter, column in columns.items() if column.hidden},
        "widths": {
            letter: column.width for letter, column in columns.items() if column.customWidth
        },
        "merged": {str(area) for area in sheet.merged_cells.ranges},
        "drop-downs": sorted(
            (str(rule.sqref), str(rule.formula1)) for rule in sheet.data_validations.dataValidation
        ),
        "colours by rule": sorted(
            (str(area.sqref), [str(rule.formula) for rule in area.rules])
            for area in sheet.conditional_formatting
        ),
        "filter": sheet.auto_filter.ref,
        "still": sheet.freeze_panes,
        "state": (sheet.sheet_state, sheet.protection.sheet),
    }


def _links(sheet) -> dict[int, str]:
    """Row → where its link leads. A file has one link for a row's cells, Excel a formula in the
    first of them: to the user they are the same."""
    found: dict[int, str] = {}
    for row, column in sorted(sheet._cells, reverse=True):
        cell = sheet.cell(row, column)
        formula = HYPERLINK.fullmatch(str(cell.value)) if cell.data_type == "f" else None
        if formula:
            found[row] = formula[1].replace('""', '"')
        elif cell.hyperlink and cell.value not in (None, ""):
            found[row] = cell.hyperlink.location
    return found


def _seen(cell) -> tuple:
    link = cell.hyperlink.location if cell.hyperlink else None
    value, kind = cell.value, cell.data_type
    if isinstance(value, ArrayFormula):
        value, kind = (value.ref, value.text), "array"
    if kind == "f" and (formula := HYPERLINK.fullmatch(str(value))):
        value = shown_by(formula)
        kind = "n" if formula[3] else "s"
    if value in (None, "") or value == link:  # openpyxl shows an empty cell's link as its text
        value, kind = None, None
    if kind == "inlineStr":
        kind = "s"
    look = None
    if has_fill(cell) and (fill := cell.fill).fill_type:
        colour = fill.start_color
        look = (fill.fill_type, colour.rgb if colour.type == "rgb" else (colour.theme, colour.tint))
    return value, kind, look

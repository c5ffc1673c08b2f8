"""Two workbooks held side by side as a user would see them: values, fills, links, tables, names."""

import warnings
from pathlib import Path

from openpyxl import Workbook

from xlengine.cells import has_fill
from xlengine.engine import load


def differences(one: Path | Workbook, other: Path | Workbook, *, formats=False) -> list[str]:
    """Where two workbooks differ; [] when they say the same. Number formats are left out unless
    ``formats``: text in a file needs none to stay text, text in Excel does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left, right = (load(b) if isinstance(b, Path) else b for b in (one, other))
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
        look, other = _around(sheet), _around(twin)
        found += [f"{sheet.title} {k}: {look[k]} {other[k]}" for k in look if look[k] != other[k]]
    names = [
        {name: (item.attr_text, bool(item.hidden)) for name, item in book.defined_names.items()}
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


def _seen(cell) -> tuple:
    link = cell.hyperlink.location if cell.hyperlink else None
    value, kind = cell.value, cell.data_type
    if value in (None, "") or value == link:  # openpyxl shows an empty cell's link as its text
        value, kind, link = None, None, None
    if kind == "inlineStr":
        kind = "s"
    look = None
    if has_fill(cell) and (fill := cell.fill).fill_type:
        colour = fill.start_color
        look = (fill.fill_type, colour.rgb if colour.type == "rgb" else (colour.theme, colour.tint))
    return value, kind, look, link

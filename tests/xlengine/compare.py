"""Two workbooks held side by side as a user would see them: values, fills, links, tables, names."""

import warnings
from pathlib import Path

import openpyxl


def differences(one: Path, other: Path) -> list[str]:
    """Where two workbooks differ; [] when they say the same. Number formats are left out: text
    in a file needs none to stay text, text in Excel does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left, right = openpyxl.load_workbook(one), openpyxl.load_workbook(other)
    found = []
    if left.sheetnames != right.sheetnames:
        return [f"sheets: {left.sheetnames} {right.sheetnames}"]
    for sheet in left:
        twin = right[sheet.title]
        for row in range(1, max(sheet.max_row, twin.max_row) + 1):
            for column in range(1, max(sheet.max_column, twin.max_column) + 1):
                a, b = _seen(sheet.cell(row, column)), _seen(twin.cell(row, column))
                if a != b:
                    found.append(f"{sheet.title}!{sheet.cell(row, column).coordinate}: {a} {b}")
        refs = dict(sheet.tables.items())
        others = dict(twin.tables.items())
        if refs != others:
            found.append(f"{sheet.title} tables: {refs} {others}")
    names = [
        {name: (item.attr_text, bool(item.hidden)) for name, item in book.defined_names.items()}
        for book in (left, right)
    ]
    if names[0] != names[1]:
        found.append(f"names: {names[0]} {names[1]}")
    return found


def _seen(cell) -> tuple:
    link = cell.hyperlink.location if cell.hyperlink else None
    value, kind = cell.value, cell.data_type
    if value in (None, "") or value == link:  # openpyxl shows an empty cell's link as its text
        value, kind, link = None, None, None
    if kind == "inlineStr":
        kind = "s"
    fill = cell.fill
    look = None
    if fill.fill_type:
        colour = fill.start_color
        look = (fill.fill_type, colour.rgb if colour.type == "rgb" else (colour.theme, colour.tint))
    return value, kind, look, link

"""Workbooks of an older version: sheets and columns under the names that they had then.

The names are data (``workbooks/former-labels.toml``). A former name counts only where the present
one is missing, and nothing is renamed in the sender's file.
"""

from dataclasses import replace

from shikaku.model import other_labels
from shikaku.model.schema import Sheet, schema
from shikaku.model.tables import Book, Row, Table
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.labels import plain_label
from shikaku.workbook.reader import read_table

SHEETS = ("members", "acquisition", "dependants", "loss")


def complete(workbook: Workbook, book: Book) -> list[str]:
    """Read what stands under former names into the book; gives a sentence for each.

    Only sheets that are missing, and columns that are missing, are looked for.
    """
    notes = []
    for key in SHEETS:
        spec = schema().sheets[key]
        tab = None
        if key in book.missing_sheets:
            former = other_labels.of_sheet(key)
            tab = next((found for name in former if (found := workbook.find(name))), None)
            if tab is None:
                continue
            notes.append(f"シート「{tab.name}」を「{spec.name}」として読みました")
            book.missing_sheets.remove(key)
        elif _old_columns(book.tables[key]):
            tab = workbook.find(spec.name)
        if tab is not None:
            table, renamed = _translated(read_table(workbook, tab, _widened(spec)), spec)
            book.tables[key] = table
            notes += [
                f"{spec.name}の列「{old}」を「{new}」として読みました" for old, new in renamed
            ]
    return notes


def _old_columns(table: Table) -> bool:
    """Whether a column is missing that stands there under a former label."""
    there = {plain_label(label) for label in table.unknown_labels}
    return any(
        key not in table.columns and any(plain_label(label) in there for label in labels)
        for key, labels in other_labels.of_columns(table.spec.key).items()
    )


def _widened(spec: Sheet) -> Sheet:
    """The sheet with a column more for each former label, under a key of its own."""
    columns = dict(spec.columns)
    taken = {plain_label(column.label) for column in (*columns.values(), *spec.extra.values())}
    for key, labels in other_labels.of_columns(spec.key).items():
        for number, label in enumerate(labels):
            if plain_label(label) not in taken:
                taken.add(plain_label(label))
                name = f"{key}\0{number}"
                columns[name] = replace(spec.columns[key], key=name, label=label, required=False)
    return replace(spec, columns=columns)


def _translated(table: Table, spec: Sheet) -> tuple[Table, list[tuple[str, str]]]:
    """The table with former columns under the present keys; (former, present) label of each.

    Where both stand, the present one counts and the former one is the user's own column.
    """
    renamed: dict[str, str] = {}
    for name, number in list(table.columns.items()):
        key, former, _ = name.partition("\0")
        if not former:
            continue
        del table.columns[name]
        if key in table.columns:
            table.unknown_labels[table.spec.columns[name].label] = number
        else:
            table.columns[key] = number
            renamed[name] = key
    rows = []
    for row in table.rows:
        cells = {renamed.get(k, k): cell for k, cell in row.cells.items()}
        cells = {k: cell for k, cell in cells.items() if "\0" not in k}
        rows.append(Row(row.sheet, row.number, cells, row.hidden))
    table.rows = rows
    renamings = [(table.spec.columns[name].label, spec.label(key)) for name, key in renamed.items()]
    table.spec = spec
    return table, renamings

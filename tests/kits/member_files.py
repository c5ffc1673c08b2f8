"""加入者台帳 of a workbook as a file of its own: CSV, or Parquet with numbers and days as such."""

import csv
import datetime as dt
from pathlib import Path

from shikaku.model.tables import Book, Table


def labels(table: Table) -> dict[str, str]:
    """Column key → label of the columns that are there."""
    return {key: table.spec.label(key) for key in table.columns}


def as_csv(book: Book, path: Path, encoding: str = "utf-8-sig") -> Path:
    """Every row as the sheet shows it, in the sheet's order of columns."""
    table = book.tables["members"]
    with path.open("w", encoding=encoding, newline="") as file:
        target = csv.writer(file)
        target.writerow(labels(table).values())
        target.writerows([row.text(key) for key in labels(table)] for row in table)
    return path


def as_parquet(book: Book, path: Path) -> Path:
    """The same by pyarrow; a column whose cells are of several kinds is text."""
    import pyarrow
    import pyarrow.parquet

    table = book.tables["members"]
    columns = {}
    for key, label in labels(table).items():
        values = [_day(row.cell(key).value) for row in table]
        if len({type(value) for value in values if value is not None}) > 1:
            values = [row.text(key) or None for row in table]
        columns[label] = pyarrow.array(values)
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


def _day(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value

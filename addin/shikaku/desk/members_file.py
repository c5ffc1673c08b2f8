"""加入者台帳 from a file of its own (``--members``): CSV as lists are read, or Parquet.

The columns are found by the labels of the sheet, in any order; further ones are nobody's. A row is
the line of the file, the headings being line 1. Nothing is repaired: a text stays text, a number of
a Parquet file a number and a day a day, as in the cells of a workbook, so that the checks find there
what they find in the sheet. No value is quoted in an error, since a column out of place may hold
anything.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.desk import list_reading
from shikaku.model.schema import schema
from shikaku.model.tables import BOOL, DATE, NUMBER, TEXT, Cell, Row, Table
from shikaku.system import extras
from shikaku.system.errors import BookError, why
from shikaku.system.reading import read_file
from shikaku.workbook.labels import plain_label

if TYPE_CHECKING:
    import pyarrow.parquet

SHEET = "members"
MAX_BYTES = 1 << 30
MAX_PEOPLE = 5_000_000
_PARQUET = b"PAR1"
_BATCH = 20_000
"""Rows of a Parquet file that are Python objects at a time."""

Lines = Iterable[tuple[int, Sequence[Cell | None]]]
"""(line of the file, its cells in the order of the headings, None for a blank)."""


def read(path: Path) -> Table:
    """The register in a file: CSV (``list_reading``; a workbook passes, too) or Parquet.

    Raises BookError: unreadable, a required column missing, a label twice, a column of values that
    no cell could hold, nobody in it, too many people; UsageError: Parquet without the extra ``cluster``.
    """
    if is_parquet(path):
        return _of_parquet(path)
    return _of_list(path)


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by how it begins."""
    try:
        if not path.is_file():  # a pipe would never end
            return False
        with path.open("rb") as file:
            return file.read(len(_PARQUET)) == _PARQUET
    except (OSError, ValueError):
        return False  # the reader of lists says what is wrong with it


def _labels() -> dict[str, str]:
    """Plain label → column key."""
    spec = schema().sheets[SHEET]
    columns = spec.columns | spec.extra
    return {plain_label(column.label): key for key, column in columns.items()}


def _table(path: Path, header: Sequence[str], line: int, lines: Lines) -> Table:
    """The table of a file. header: its headings; line: theirs."""
    table = Table(schema().sheets[SHEET], header_row=line, last_row=line)
    places = _places(path, header, table)
    for number, cells in lines:
        filled = {key: cell for i, key in places.items() if (cell := cells[i]) is not None}
        if not filled:
            continue
        if len(table.rows) == MAX_PEOPLE:
            raise BookError(
                f"「{path.name}」の行が多すぎます({MAX_PEOPLE:,}行まで)。",
                "記号ごとなどに分けて、別々のファイルにしてください。",
            )
        table.rows.append(Row(SHEET, number, filled))
        table.last_row = number
    if not table.rows:
        raise BookError(
            f"「{path.name}」には、見出しの下に1人も入っていません。",
            "抽出の条件を確かめて、ファイルを出し直してください。",
        )
    return table


def _places(path: Path, header: Sequence[str], table: Table) -> dict[int, str]:
    """Where the columns stand: 0-based place → key. Raises BookError for what 検証 calls ST02 and ST03:
    in a file that somebody extracts, a column is there or the file is another one."""
    known = _labels()
    places: dict[int, str] = {}
    for i, text in enumerate(header):
        key = known.get(plain_label(text))
        if key is None:
            if text:
                table.unknown_labels.setdefault(text, i + 1)
        elif key in table.columns:
            raise BookError(
                f"「{path.name}」の{table.header_row}行目に、見出し「{table.spec.label(key)}」の列が"
                "2つ以上あります。",
                "使わないほうの列を除いて、ファイルを出し直してください。",
            )
        else:
            table.columns[key] = i + 1
            places[i] = key
    wanted = [c for c in table.spec.columns.values() if c.required]
    missing = [column.label for column in wanted if column.key not in table.columns]
    if missing:
        raise BookError(
            f"「{path.name}」の{table.header_row}行目の見出しに、必須の列"
            f"「{'」「'.join(missing)}」がありません。",
            f"シート「{table.spec.name}」と同じ見出しの列を足して、ファイルを出し直してください。",
        )
    return places


# ------------------------------------------------------------------ lists


def _of_list(path: Path) -> Table:
    listed = list_reading.read(path, _labels(), MAX_BYTES)
    same: dict[str, Cell] = {}  # a register of 100,000 people has few different words

    def cell(text: str) -> Cell | None:
        if not text:
            return None
        found = same.get(text)
        if found is None:
            found = same[text] = Cell(text, TEXT)
        return found

    lines = ((one.line, [cell(text) for text in one.values]) for one in listed.records)
    return _table(path, listed.header, listed.header_line, lines)


# ------------------------------------------------------------------ Parquet


def _of_parquet(path: Path) -> Table:
    extras.require("pyarrow", "Parquetのファイルを読む", "CSVで出し直してください")
    import pyarrow
    import pyarrow.parquet

    data = read_file(path, MAX_BYTES)
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
        header = list(file.schema_arrow.names)
        _refuse_nested(path, file.schema_arrow)
        return _table(path, header, 1, _batches(file, header))
    except (pyarrow.ArrowException, OSError) as problem:
        raise BookError(
            f"「{path.name}」はParquetのファイルとして読めません({why(problem)})。",
            "ファイルが途中で切れていないか確かめ、出し直してください。",
        ) from None


def _refuse_nested(path: Path, found: "pyarrow.Schema") -> None:
    """Raise BookError for a column of ours whose values no cell of a sheet could hold."""
    import pyarrow.types as types

    known = _labels()
    for one in found:
        kind = one.type.value_type if types.is_dictionary(one.type) else one.type
        plain = (
            types.is_string(kind)
            or types.is_large_string(kind)
            or types.is_string_view(kind)
            or types.is_integer(kind)
            or types.is_floating(kind)
            or types.is_decimal(kind)
            or types.is_boolean(kind)
            or types.is_date(kind)
            or types.is_timestamp(kind)
            or types.is_null(kind)
        )
        if not plain and plain_label(one.name) in known:
            raise BookError(
                f"「{path.name}」の列「{one.name}」の型({one.type})は読めません。",
                "文字列か日付の列にして、ファイルを出し直してください。",
            )


def _batches(file: "pyarrow.parquet.ParquetFile", header: Sequence[str]) -> Lines:
    """The rows, so many at a time. Line 1 are the headings."""
    known = _labels()
    same: dict[tuple[type, object], Cell] = {}
    line = 1
    for batch in file.iter_batches(_BATCH):
        columns = [
            _cells(batch.column(i).to_pylist(), same) if plain_label(name) in known else None
            for i, name in enumerate(header)
        ]
        for row in range(batch.num_rows):
            line += 1
            yield line, [column[row] if column is not None else None for column in columns]


def _cells(values: Iterable[object], same: dict[tuple[type, object], Cell]) -> list[Cell | None]:
    found = []
    for value in values:
        key = type(value), value
        cell = same.get(key)
        if cell is None and (cell := _cell(value)) is not None:
            same[key] = cell
        found.append(cell)
    return found


def _cell(value: object) -> Cell | None:
    """A value as a workbook's cell would have it; None for a blank one.

    >>> _cell("0012"), _cell(12), _cell(float("nan")), _cell(" ")
    (<Cell text>, <Cell number>, None, None)
    """
    if isinstance(value, str):
        return Cell(value, TEXT) if value.strip() else None
    if isinstance(value, bool):
        return Cell(value, BOOL)
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int | float):
        return Cell(value, NUMBER) if value == value else None  # NaN is pandas' blank
    if isinstance(value, dt.datetime):  # a day, as a database gives it out
        moment = value.year, value.month, value.day, value.hour, value.minute, value.second
        return Cell(dt.datetime(*moment), DATE)
    return Cell(value, DATE) if isinstance(value, dt.date) else None

"""Our own rows as a file for other programs: CSV or Parquet, by the ending of its name.

For what is too long for a sheet: Excel ends at 1,048,576 rows.
"""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

from shikaku.desk.csv_writing import Dialect, encoded
from shikaku.fields.text import bare, guarded
from shikaku.model.tables import CellValue
from shikaku.system import extras, saving
from shikaku.system.errors import UsageError

_ENDINGS = (".csv", ".parquet")


def refuse(out: Path, *inputs: Path | str | None) -> None:
    """Raise UsageError, before any work is done, when a table can't have that name: another ending,
    a folder, one of the files that it is made from, Parquet without the extra ``cluster``."""
    if out.suffix.lower() not in _ENDINGS:
        raise UsageError(
            f"「{out.name}」には作れません。",
            f"ファイル名の終わりを {' か '.join(_ENDINGS)} にしてください。",
        )
    there = [Path(path) for path in inputs if path is not None]
    if out.is_dir() or out.exists() and any(p.exists() and out.samefile(p) for p in there):
        raise UsageError(
            f"「{out.name}」はもとのファイルそのもの、またはフォルダーです。",
            "別の名前を指定してください。",
        )
    if out.suffix.lower() == ".parquet":
        extras.require("pyarrow", "Parquetのファイルの書き出し", "名前の終わりを .csv に")


def write(out: Path, labels: Sequence[str], rows: Sequence[Sequence[CellValue]]) -> None:
    """Write the rows under their labels, all or nothing; an older file of that name gives way.

    CSV: UTF-8 with a BOM, days as 2026-04-01, safe to open in Excel. Parquet: whole numbers and days
    as such where a column has nothing else, texts else. Raises BookError.
    """
    data = _parquet(labels, rows) if out.suffix.lower() == ".parquet" else _csv(labels, rows)
    with saving.making(out) as draft:
        draft.write_bytes(data)


def as_parquet(listed: Path) -> Path:
    """A list of ours in CSV once more as Parquet, beside it: texts as they are, blanks as nulls. Raises
    BookError."""
    labels, *rows = csv.reader(io.StringIO(listed.read_text("utf-8-sig"), newline=""))
    out = listed.with_suffix(".parquet")
    write(out, labels, [[bare(value) for value in row] for row in rows])
    return out


def _csv(labels: Sequence[str], rows: Sequence[Sequence[CellValue]]) -> bytes:
    lines = [[guarded(_text(value)) for value in row] for row in rows]
    return encoded([list(labels), *lines], Dialect())


def _parquet(labels: Sequence[str], rows: Sequence[Sequence[CellValue]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    columns = {}
    for i, label in enumerate(labels):
        values = [row[i] for row in rows]
        for kind, column_type in ((int, pyarrow.int64()), (dt.date, pyarrow.date32())):
            if any(v is not None for v in values) and all(
                v is None or type(v) is kind for v in values
            ):
                columns[label] = pyarrow.array(values, column_type)
                break
        else:
            texts = [None if v is None or v == "" else _text(v) for v in values]
            columns[label] = pyarrow.array(texts, pyarrow.string())
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)

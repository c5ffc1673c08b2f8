"""The workbook as pandas DataFrames, for analysts and notebooks.

    from shikaku import frames

    sheets = frames.read("届出.xlsx")            # sheet name → DataFrame
    members = sheets["加入者台帳"]                # columns are the labels, the index is the Excel row
    bad = frames.findings("届出.xlsx", as_of=date(2026, 4, 15))
    members.loc[bad.query("sheet == '加入者台帳'").row.unique()]

``book`` is a path or, with Excel open, an ``xlwings.Book``; nothing is written. Types of columns:

=====================  ===============================================================
text, names, 記号 …     ``string``; identifiers never become numbers (``0012``, ``0600001``, ``NA``)
dates                  ``datetime64[s]``; NaT where the cell is blank or no day
drop-downs             ``category``, the list in its order; other words that stand there follow
counts                 ``Int64``
個人番号                 left out, unless ``numbers=True``: then ``individual_number``, shown as
                       asterisks; ``.array.reveal()`` gives the digits
=====================  ===============================================================

What a date's or count's cell holds and could not be read is named in ``frame.attrs["unread"]``, a
list of (Excel row, label). An individual number that somebody has typed into another column is
blotted out, as everywhere. Sources: contract.md §2 (sheets, labels), §3 (keys of findings and
decisions).
"""

import datetime as dt
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from shikaku.fields import stray_number
from shikaku.model.schema import Column, Sheet, schema
from shikaku.model.tables import Book as Tables
from shikaku.model.tables import Row, Table

if TYPE_CHECKING:
    import pandas as pd
    import xlwings


__all__ = ["compare", "decisions", "findings", "issued", "ledger", "members", "read"]

Book: TypeAlias = "str | os.PathLike[str] | xlwings.Book"
Day: TypeAlias = dt.date | str | None

_LIVE = {"limit": "date", "days_left": "count"}
"""Columns of formulas that are no text."""


def read(book: Book, *, numbers: bool = False) -> "dict[str, pd.DataFrame]":
    """Every sheet that holds data, by its name: the register, the filings, 返納管理, 発行履歴, 休日,
    検証結果, 資格確認書判定, and 設定 with the columns 項目 and 値.

    Columns are the sheet's labels in the form's order, all of them, blank where the workbook lacks
    one; the index ``row`` is the Excel row. numbers: 個人番号 as well. Raises ShikakuError.
    """
    tables = _tables(book)
    found = {
        spec.name: _frame(spec, tables.tables.get(key), numbers)
        for key, spec in schema().sheets.items()
        if spec.columns and key in tables.tables
    }
    return {**found, schema().sheets["settings"].name: _settings(tables)}


def members(book: Book, *, numbers: bool = False) -> "pd.DataFrame":
    """加入者台帳, a row a person (R1–R6); columns by label. Raises ShikakuError."""
    return _sheet(book, "members", numbers)


def ledger(book: Book) -> "pd.DataFrame":
    """返納管理 as it stands, a row a document (R35–R46); columns by label. Raises ShikakuError."""
    return _sheet(book, "ledger")


def issued(book: Book) -> "pd.DataFrame":
    """発行履歴, a row a letter and person; columns by label. Raises ShikakuError."""
    return _sheet(book, "history")


def findings(book: Book, *, as_of: Day = None) -> "pd.DataFrame":
    """What 検証 finds on that day: the rows and keys of ``shikaku check --json``.

    Columns code, severity (category error < warning < info), sheet, row (Int64, 0: the sheet as a
    whole), column, message, hint, source. Raises ShikakuError.
    """
    from shikaku import api

    return _objects(api.Finding, [vars(f) for f in api.check(book, as_of=as_of).findings])


def decisions(book: Book, *, as_of: Day = None) -> "pd.DataFrame":
    """Who needs what document on that day: the rows and keys of ``shikaku decide --json``.

    Columns sheet, row (Int64), record, name, certificate, ground, reason, notice, delivery (all
    category), old_card_return (boolean), rules (lists), why, also (lists). Raises ShikakuError.
    """
    from shikaku import api

    return _objects(api.Person, [vars(p) for p in api.decide(book, as_of=as_of).people])


def compare(before: Book, after: Book, *, sheet: str = "加入者台帳") -> "pd.DataFrame":
    """Two states of one sheet of people, last month's and this month's: who is new, who is gone, what
    has changed.

    A person is 記号, 番号, 枝番 (digits, without leading zeros) and 生年月日; of rows with the same the
    first meets the first. Columns change (category new, gone, changed), 記号, 番号, 枝番, 氏名, 項目,
    前, 後 (string; the last three of a changed cell, a row a cell) and row_before, row_after (Int64,
    the Excel rows). 個人番号 is not compared. Raises ShikakuError, KeyError for a sheet that is none
    of people's.
    """
    import pandas as pd

    spec = next(spec for spec in schema().sheets.values() if spec.name == sheet)
    keys = [key for key in ("symbol", "number", "branch", "birth") if key in spec.columns]
    if not {"symbol", "birth"} <= set(keys):
        raise KeyError(sheet)
    sides = [_keyed(read(book)[sheet], spec, keys) for book in (before, after)]
    joined = sides[0].merge(sides[1], on="key", how="outer", suffixes=("", "_after"))
    who = [spec.label(k) for k in ("symbol", "number", "branch", "name") if k in spec.columns]
    texts = [*who, "項目", "前", "後"]
    rows = [row for pair in joined.to_dict("records") for row in _changes(pair, spec, who)]
    frame = pd.DataFrame(rows, columns=["change", *texts, "row_before", "row_after"])
    order = pd.CategoricalDtype(["new", "gone", "changed"], ordered=True)
    counts = dict.fromkeys(("row_before", "row_after"), "Int64")
    frame = frame.astype({"change": order, **dict.fromkeys(texts, "string"), **counts})
    return frame.sort_values(
        ["change", "row_after", "row_before"], kind="stable", ignore_index=True
    )


def _changes(
    pair: "Mapping[Hashable, Any]", spec: Sheet, who: Sequence[str]
) -> "Iterator[dict[str, Any]]":
    """The rows of ``compare`` for one person: his cells before and, with ``_after``, now."""
    gone, new = pair["row_after"] != pair["row_after"], pair["row"] != pair["row"]  # NaN
    side = "" if gone else "_after"
    base: dict[str, Any] = {label: pair[label + side] for label in who}
    base |= {"row_before": pair["row"], "row_after": pair["row_after"]}
    if gone or new:
        yield {"change": "gone" if gone else "new", **base}
        return
    for column in spec.columns.values():
        if column.type not in ("individual_number", "formula"):
            was, now = pair[column.label], pair[f"{column.label}_after"]
            if was != now:
                yield {"change": "changed", **base, "項目": column.label, "前": was, "後": now}


def _keyed(frame: "pd.DataFrame", spec: Sheet, keys: Sequence[str]) -> "pd.DataFrame":
    """The frame's cells as text ("" for a blank), with the person's key and the Excel row."""
    from shikaku.identity.matching import fold_number

    texts = frame.astype("object").where(frame.notna(), "")
    for label in texts:
        texts[label] = [
            getattr(v, "date", lambda v=v: v)() if v != "" else "" for v in texts[label]
        ]
        texts[label] = texts[label].astype(str)
    parts = [texts[spec.label(key)] for key in keys]
    people = [tuple(map(fold_number, values)) for values in zip(*parts, strict=True)]
    texts["key"] = ["-".join(person) for person in people]
    texts["key"] += "#" + texts.groupby("key").cumcount().astype(str)
    texts["row"] = texts.index.astype("int64")
    return texts.reset_index(drop=True)


# ---------------------------------------------------------------- sheets


def _tables(book: Book) -> Tables:
    from shikaku.jobs.case import session_for

    return session_for(book).read()


def _sheet(book: Book, key: str, numbers: bool = False) -> "pd.DataFrame":
    return _frame(schema().sheets[key], _tables(book).tables.get(key), numbers)


def _frame(spec: Sheet, table: Table | None, numbers: bool) -> "pd.DataFrame":
    import pandas as pd

    rows = table.rows if table is not None else []
    there = table.columns if table is not None else {}
    columns = {**spec.columns, **{k: c for k, c in spec.extra.items() if k in there}}
    index = pd.Index([row.number for row in rows], dtype="int64", name="row")
    unread: list[tuple[int, str]] = []
    data = {
        column.label: _series(column, rows, unread)
        for column in columns.values()
        if column.type != "individual_number" or numbers
    }
    # One label may stand for two columns only in the user's own additions, which aren't read.
    frame = pd.DataFrame({label: pd.Series(v, index=index) for label, v in data.items()}, index)
    frame.attrs["unread"] = sorted(unread)
    return frame


def _series(column: Column, rows: Sequence[Row], unread: list[tuple[int, str]]) -> Any:
    """The column's values as a pandas array of its type."""
    import pandas as pd

    kind = _LIVE.get(column.key, column.type)
    if kind == "individual_number":
        from shikaku.individual_numbers import IndividualNumberArray

        return IndividualNumberArray.of([row.text(column.key) for row in rows])
    if kind == "date":
        days = _read(column, rows, Row.date, unread)
        return pd.array(
            [pd.NaT if d is None else pd.Timestamp(d).as_unit("s") for d in days],
            dtype="datetime64[s]",
        )
    if kind == "count":
        return pd.array(_read(column, rows, _count, unread), dtype="Int64")
    texts = [stray_number.hide(row.text(column.key)) or None for row in rows]
    if kind == "choice":
        listed = list(schema().lists[column.list].values())
        others = sorted({text for text in texts if text and text not in listed})
        return pd.Categorical(texts, categories=[*listed, *others])
    return pd.array(texts, dtype="string")


def _count(row: Row, key: str) -> int | None:
    text = row.text(key)
    if text.startswith("-") and text[1:].isdigit():  # 残日数 past the limit
        return int(text)
    return row.count(key)


def _read(
    column: Column,
    rows: Sequence[Row],
    view: "Callable[[Row, str], Any]",
    unread: list[tuple[int, str]],
) -> list[Any]:
    values = []
    for row in rows:
        value = view(row, column.key)
        if value is None and row.text(column.key):
            unread.append((row.number, column.label))
        values.append(value)
    return values


def _settings(tables: Tables) -> "pd.DataFrame":
    import pandas as pd

    rows = sorted((number, key) for key, number in tables.setting_rows.items())
    return pd.DataFrame(
        {
            "項目": pd.array([schema().settings[key].label for _, key in rows], dtype="string"),
            "値": pd.array(
                [stray_number.hide(tables.settings[key].text) or None for _, key in rows],
                dtype="string",
            ),
        },
        pd.Index([number for number, _ in rows], dtype="int64", name="row"),
    )


# ---------------------------------------------------------------- objects of the --json

_LISTS = {
    "severity": "severity",
    "certificate": "certificate",
    "ground": "ground",
    "notice": "notice",
    "delivery": "delivery",
}
"""Key of the JSON → list of the schema whose keys it takes."""


def _objects(kind: type, items: "Iterable[dict[str, Any]]") -> "pd.DataFrame":
    import dataclasses

    import pandas as pd

    rows = list(items)
    data: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        values = [row[field.name] for row in rows]
        if field.name in _LISTS:
            data[field.name] = pd.Categorical(
                values, categories=list(schema().lists[_LISTS[field.name]])
            )
        elif field.name == "reason":
            reasons = [*schema().lists["ex_officio_reason"], *schema().lists["want_reason"]]
            data[field.name] = pd.Categorical(values, categories=reasons)
        elif field.type in (int, bool):
            data[field.name] = pd.array(values, dtype="Int64" if field.type is int else "boolean")
        elif field.type is str:
            data[field.name] = pd.array(values, dtype="string")
        else:
            data[field.name] = pd.Series(values, dtype="object")
    return pd.DataFrame(data)

"""Which columns to put back on a sheet that only we write.

Nobody types into 検証結果, 資格確認書判定 and 発行履歴. A column that the schema says is ``kept`` would
take what we found or issued with it in silence, so it comes back at the right end.
"""

from collections.abc import Callable, Iterable

from shikaku.model.tables import Table
from shikaku.system.errors import BookError


def to_put_back(table: Table, rows: Callable[[], Iterable]) -> dict[str, int]:
    """Column key → Excel column of those that are gone, right of all that stands on the sheet.

    rows: gives the sheet's rows with content, asked for only when needed. Raises BookError when the sheet's
    header row isn't ours to write below.
    """
    if not _recognised(table):
        raise BookError(
            f"シート「{table.spec.name}」に見出しの行が見つからないため書き込めません。",
            f"見出しを元に戻すか、シート「{table.spec.name}」の名前を変えてから、"
            "もう一度実行してください。",
        )
    kept = [column.key for column in table.spec.columns.values() if column.kept]
    gone = [key for key in kept if key not in table.columns]
    last = max(cell[0] for row in rows() for cell in row.cells) if gone else 0
    return {key: last + number for number, key in enumerate(gone, 1)}


def last_label(table: Table) -> int:
    """The Excel column of the last label: what is put back looks like it."""
    return max((*table.columns.values(), *table.unknown_labels.values()))


def _recognised(table: Table) -> bool:
    # Two labels of ours tell a header row. A sheet that is filled anew with fewer may be somebody's
    # own list, which must not be cleared; the history is only ever appended to.
    if len(table.columns) >= 2:
        return True
    header = table.columns or table.unknown_labels
    if table.spec.key == "history":
        return bool(header)
    return table.spec.key == "decisions" and bool(header) and table.last_row <= table.header_row

"""Sheet protection of the formulas, without a password: what it allows, and what it costs.

Excel lets a protected sheet neither grow its tables nor sort a range with a locked cell in it;
users of this workbook may do both (contract.md §2). So the sheets with formulas are open unless
``shikaku new --protect`` asks: then only the formulas and the headings are locked.
"""

from xlsxwriter.worksheet import Worksheet

from shikaku.template.formats import Formats

_LAST_COLUMN = 16_383

ALLOWED = (
    "format_cells",
    "format_columns",
    "format_rows",
    "insert_columns",
    "insert_rows",
    "insert_hyperlinks",
    "delete_columns",
    "delete_rows",
    "sort",
    "autofilter",
    "pivot_tables",
    "objects",
    "scenarios",
)
"""All that Excel can allow on a protected sheet."""

COST = (
    "数式と見出しのセルだけを、パスワードなしで保護しています。保護している間は、"
    "用意した行より下へ表が伸びず、並べ替えや列の移動もできません(入力と絞り込みはできます)。"
    "解くときは、シートごとに「校閲」→「シート保護の解除」を押します。"
)
"""The text for users, on 表紙 and by ``shikaku new --protect``."""


def lock_formulas(ws: Worksheet, look: Formats, columns: int) -> None:
    """Protect a sheet with a table of ``columns`` columns, and leave what is beside it open."""
    used = ws.dim_colmax
    ws.set_column(columns, _LAST_COLUMN, None, look(locked=False))
    # Otherwise XlsxWriter looks for cells in 16,384 columns of every row, which takes seconds.
    ws.dim_colmax = used
    ws.protect("", dict.fromkeys(ALLOWED, True))

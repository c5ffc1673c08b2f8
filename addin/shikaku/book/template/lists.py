"""コード表: the lists behind the drop-downs, and the names that formulas and drop-downs use."""

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from shikaku import live
from shikaku.book.template import page
from shikaku.book.template.formulas import PENDING_WORDS
from shikaku.book.template.look import LINE, Look
from shikaku.schema import schema

PREFIX = "一覧_"


def titles() -> dict[str, str]:
    """List key → the label of the first column or setting that uses it, for every list in use."""
    found: dict[str, str] = {}
    for sheet in schema().sheets.values():
        if sheet.role == "output":
            continue
        for column in [*sheet.columns.values(), *sheet.extra.values()]:
            if column.list:
                found.setdefault(column.list, column.label)
    for setting in schema().settings.values():
        if setting.list:
            found.setdefault(setting.list, setting.label)
    found["limit_state"] = schema().sheets["acquisition"].label("limit_state")
    found["return_state"] = schema().sheets["ledger"].label("state")
    order = list(schema().lists)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0])))


def names() -> dict[str, str]:
    """List key → defined name."""
    return {key: PREFIX + title for key, title in titles().items()}


def write(book: Workbook, ws: Worksheet, look: Look) -> None:
    """The sheet, and a defined name for each list."""
    sheet = schema().sheets["codes"]
    defined = names()
    for number, (key, title) in enumerate(titles().items()):
        values = list(schema().lists[key].values())
        _column(book, ws, look, number, title, values, defined[key])
    number = len(defined)
    _column(book, ws, look, number, PENDING_WORDS, list(live.pending_words()), PENDING_WORDS)
    ws.set_row_pixels(0, 44)
    ws.freeze_panes(1, 0)
    ws.hide_gridlines(2)
    ws.protect("", {"format_columns": True, "format_rows": True})
    page.setup(ws, sheet.name)
    page.one_wide(ws)


def _column(
    book: Workbook, ws: Worksheet, look: Look, number: int, title: str, values: list[str], name: str
) -> None:
    longest = max(len(text) * 2 for text in [title[:8], *values])
    ws.set_column(number, number, max(10, longest + 2))
    ws.write_string(0, number, title, look.heading("optional"))
    cell = look(bottom=4, bottom_color=LINE, locked=True)
    for row, value in enumerate(values, 1):
        ws.write_string(row, number, value, cell)
    cells = xl_range_abs(1, number, len(values), number)
    book.define_name(name, f"='{schema().sheets['codes'].name}'!{cells}")

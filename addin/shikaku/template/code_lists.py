"""コード表: the lists behind the drop-downs, and the names that formulas and drop-downs use."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from shikaku.live import columns
from shikaku.model.schema import schema
from shikaku.template import print_setup
from shikaku.template.formats import ACCENT, LINE, Formats
from shikaku.template.live_formulas import PENDING_WORDS

PREFIX = "一覧_"

_BLOCK_COLUMNS = 9
_COLUMN_WIDTH = 26
_WORDS_COLUMN = _BLOCK_COLUMNS + 1  # beside the printed page: only formulas need it


def titles() -> dict[str, str]:
    """List key → the label of the first column or setting that uses it, for every list in use."""
    found: dict[str, str] = {}
    for sheet in schema().sheets.values():
        if sheet.role == "output":
            continue
        for column in [*sheet.columns.values(), *sheet.extra.values()]:
            if column.list or column.advice:
                found.setdefault(column.list or column.advice, column.label)
    found["limit_state"] = schema().sheets["acquisition"].label("limit_state")
    found["return_state"] = schema().sheets["ledger"].label("state")
    for setting in schema().settings.values():
        if setting.list:
            found.setdefault(setting.list, setting.label)
    return found


def names() -> dict[str, str]:
    """List key → defined name."""
    return {key: PREFIX + title for key, title in titles().items()}


def write(book: Workbook, ws: Worksheet, look: Formats) -> None:
    """The sheet, and a defined name for each list."""
    name = schema().sheets["codes"].name
    row = 0
    in_settings = {setting.list for setting in schema().settings.values() if setting.list}
    groups = (
        ("届出と台帳の選択肢", [key for key in titles() if key not in in_settings]),
        ("設定の選択肢", [key for key in titles() if key in in_settings]),
    )
    for title, keys in groups:
        for start in range(0, len(keys), _BLOCK_COLUMNS):
            row = _block(book, ws, look, row, "" if start else title, keys[start:][:_BLOCK_COLUMNS])
    row = _rules(ws, look, row)
    ws.set_column(0, _BLOCK_COLUMNS - 1, _COLUMN_WIDTH, look())
    ws.set_column(_BLOCK_COLUMNS, _BLOCK_COLUMNS, 3, look())
    ws.set_column(_WORDS_COLUMN, _WORDS_COLUMN, 26, look())
    _column(book, ws, look, 1, _WORDS_COLUMN, PENDING_WORDS, columns.pending_words(), PENDING_WORDS)
    ws.hide_gridlines(2)
    ws.set_tab_color("#B8C4CC")
    ws.protect("", {"format_columns": True, "format_rows": True})
    print_setup.setup(ws, name)
    ws.print_area(0, 0, row - 1, _BLOCK_COLUMNS - 1)
    print_setup.one_wide(ws)


def _block(
    book: Workbook, ws: Worksheet, look: Formats, row: int, title: str, keys: list[str]
) -> int:
    """One row of lists side by side. Returns the first row after it."""
    if title:
        ws.set_row_pixels(row, 30)
        band = look(bold=True, font_size=12, font_color=ACCENT, bottom=2, bottom_color=ACCENT)
        for column in range(_BLOCK_COLUMNS):
            ws.write_string(row, column, title if column == 0 else "", band)
        row += 1
    ws.set_row_pixels(row, 36)
    defined = names()
    for column, key in enumerate(keys):
        values = schema().lists[key].values()
        _column(book, ws, look, row, column, titles()[key], values, defined[key])
    return row + max(len(schema().lists[key]) for key in keys) + 2


def _column(
    book: Workbook,
    ws: Worksheet,
    look: Formats,
    row: int,
    column: int,
    title: str,
    values: Iterable[str],
    name: str,
) -> None:
    values = list(values)
    ws.write_string(row, column, title, look.heading("optional"))
    cell = look(bottom=4, bottom_color=LINE, text_wrap=True)
    for offset, value in enumerate(values, 1):
        ws.write_string(row + offset, column, value, cell)
    cells = xl_range_abs(row + 1, column, row + len(values), column)
    book.define_name(name, f"='{schema().sheets['codes'].name}'!{cells}")


@cache
def rules() -> dict[str, str]:
    """The numbers under 根拠 and what each means, in order."""
    return tomllib.loads(Path(__file__).with_name("rules.toml").read_text("utf-8"))


def _rules(ws: Worksheet, look: Formats, row: int) -> int:
    """What the numbers under 根拠 mean, two side by side. Returns the first row after them."""
    ws.set_row_pixels(row, 30)
    band = look(bold=True, font_size=12, font_color=ACCENT, bottom=2, bottom_color=ACCENT)
    for column in range(_BLOCK_COLUMNS):
        ws.write_string(row, column, "「根拠」の番号" if column == 0 else "", band)
    number = look(align="center", bottom=4, bottom_color=LINE)
    text = look(align="left", bottom=4, bottom_color=LINE, text_wrap=True)
    items = list(rules().items())
    half = -(-len(items) // 2)
    for place, (key, meaning) in enumerate(items):
        column, offset = (0, place) if place < half else (_BLOCK_COLUMNS // 2 + 1, place - half)
        at = row + 1 + offset
        last = _BLOCK_COLUMNS // 2 if column == 0 else _BLOCK_COLUMNS - 1
        ws.write_string(at, column, key, number)
        ws.merge_range(at, column + 1, at, last, meaning, text)
        if 2 * len(meaning) > _COLUMN_WIDTH * (last - column) - 4:
            ws.set_row_pixels(at, 40)
    return row + 1 + half

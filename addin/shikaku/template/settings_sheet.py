"""設定: a value a line with its meaning beside it, and the values that the formulas use."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from shikaku.live import typed_days
from shikaku.live.columns import CHECK_AS_OF
from shikaku.model.schema import Column, Setting, schema
from shikaku.model.settings import Settings
from shikaku.template import date_formulas, print_setup, validation
from shikaku.template import live_formulas as f
from shikaku.template.content import Value
from shikaku.template.formats import ACCENT, ACCENT_MIST, FORMAT_OF_TYPE, LINE, MUTED, Formats
from shikaku.template.table_sheet import write_value

SECTIONS = {
    "insurer_number": "健康保険組合",
    "employer_symbol": "事業所",
    "as_of": "届出期限の数え方",
    "certificate_expiry": "資格確認書と返納",
    "saturday": "健保組合だけが使う設定(折りたたんであります。この行と次の見出しの行を選び、右クリックの「再表示」で開きます)",
}
"""Setting key → the heading that stands before it."""

_NOTE_WIDTH = 100
_LINE_PIXELS = 17

HEADINGS = ("項目", "値", "説明")


@dataclass(frozen=True, slots=True)
class Derived:
    """A calculated line: what formulas use instead of the setting itself."""

    name: str
    formula: str
    value: Value
    note: str
    type: str = "text"


def prefix(key: str) -> str:
    """The defined name of a setting's cell."""
    return "設定_" + re.sub(r"\W+", "_", schema().settings[key].label).strip("_")


def write(
    book: Workbook,
    ws: Worksheet,
    look: Formats,
    values: Mapping[str, Value],
    list_names: Mapping[str, str],
) -> dict[str, str]:
    """The sheet and its names. Returns range → input mode."""
    name = schema().sheets["settings"].name
    ws.set_column(0, 0, 36, look())
    ws.set_column(1, 1, 56, look())
    ws.set_column(2, 2, _NOTE_WIDTH, look())
    for column, text in enumerate(HEADINGS):
        ws.write_string(0, column, text, look.heading("required" if column == 1 else "optional"))
    ws.set_row_pixels(0, 30)
    row, modes = 1, {}
    for key, setting in schema().settings.items():
        if key in SECTIONS:
            _section(ws, look, row, SECTIONS[key])
            row += 1
        fold = setting.optional and values.get(key) in (None, setting.default)
        cells = _setting(ws, look, row, setting, values.get(key), list_names, fold=fold)
        modes[cells] = "off" if setting.type in ("digits", "date", "count") else "hiragana"
        book.define_name(prefix(key), f"='{name}'!$B${row + 1}")
        if key == "as_of":
            for step, formula in date_formulas.chain(prefix(key), setting.label):
                book.define_name(step, formula)
        row += 1
    _section(ws, look, row, "計算に使う値(自動。入力しません)")
    for item in derived(values):
        row += 1
        ws.write_string(row, 0, item.name, look(font_color=MUTED, bottom=4, bottom_color=LINE))
        style = look.calculated(
            align="left", **({"num_format": FORMAT_OF_TYPE["date"]} if item.type == "date" else {})
        )
        result = typed_days.serial(item.value) if isinstance(item.value, dt.date) else item.value
        ws.write_formula(row, 1, item.formula, style, result)
        note = look(font_color=MUTED, bottom=4, bottom_color=LINE, align="left", indent=1)
        ws.write_string(row, 2, item.note, note)
        book.define_name(item.name, f"='{name}'!$B${row + 1}")
    ws.outline_settings(symbols_below=False)
    ws.freeze_panes(1, 0)
    ws.hide_gridlines(2)
    ws.set_tab_color(ACCENT)
    ws.set_selection(2, 1, 2, 1)
    allowed = ("format_cells", "format_columns", "format_rows", "objects", "scenarios")
    ws.protect("", dict.fromkeys(allowed, True))
    print_setup.setup(ws, name)
    ws.repeat_rows(0)
    print_setup.one_wide(ws)
    return modes


def _section(ws: Worksheet, look: Formats, row: int, title: str) -> None:
    band = look(bold=True, font_color=ACCENT, bottom=2, bottom_color=ACCENT, valign="bottom")
    ws.set_row_pixels(row, 34)
    for column, text in enumerate((title, "", "")):
        ws.write(row, column, text, band)


def _setting(
    ws: Worksheet,
    look: Formats,
    row: int,
    setting: Setting,
    value: Value | None,
    list_names: Mapping[str, str],
    *,
    fold: bool,
) -> str:
    """A line of the sheet; gives the value's cell. fold: out of sight until somebody opens it."""
    line = {"bottom": 4, "bottom_color": LINE}
    lines = -(-2 * len(setting.note) // (_NOTE_WIDTH - 4))
    folded: dict[str, object] = {"level": 1, "hidden": True} if fold else {}
    ws.set_row_pixels(row, 9 + _LINE_PIXELS * lines, None, folded)
    ws.write_string(row, 0, setting.label, look(**line))
    number_format = FORMAT_OF_TYPE.get(setting.type, "@" if setting.type == "text" else "General")
    style = look(
        **line,
        locked=False,
        align="left",
        num_format=number_format,
        bg_color=ACCENT_MIST,
        text_wrap=True,
    )
    value = _default(setting.key) if value is None else value
    if value is None:
        ws.write_blank(row, 1, None, style)
    else:
        write_value(ws, row, 1, value, style)
    note = look(**line, font_color=MUTED, text_wrap=True, align="left", indent=1)
    ws.write_string(row, 2, setting.note, note)
    column = Column(setting.key, setting.label, setting.type, list=setting.list)
    cell = xl_rowcol_to_cell(row, 1)
    options = {
        "error_title": setting.label[:32],
        "input_title": "",
        "input_message": "",
    } | validation.rule(cell, column, list_names.get(setting.list, ""))
    ws.data_validation(row, 1, row, 1, options)
    return cell


def _default(key: str) -> Value | None:
    """What the schema puts into a setting that nobody has filled in."""
    default = schema().settings[key].default
    return default if isinstance(default, str | int | float | dt.date) else None


def derived(values: Mapping[str, Value]) -> list[Derived]:
    """The calculated lines, in the sheet's order."""
    lists = schema().lists
    count_of_days = prefix("filing_days")
    default = Settings().filing_days
    # 「5日」 pasted in counts as 5, in Python too.
    filing_days = f'IF(TRIM({count_of_days})="",{default},SUBSTITUTE({count_of_days},"日","")+0)'
    first_day = f'({prefix("count_first_day")}="{lists["yes_no"]["yes"]}")'
    as_of, label = prefix("as_of"), schema().settings["as_of"].label
    given = values.get("filing_days")
    count = given if isinstance(given, int) else default
    strict = values.get("count_first_day") == lists["yes_no"]["yes"]
    saturday_open = values.get("saturday") == lists["saturday"]["open"]
    rolls = f'{prefix("roll")}<>"{lists["roll"]["none"]}"'
    no_roll = values.get("roll") == lists["roll"]["none"]
    return [
        Derived(
            f.AS_OF,
            f'=IF(IFERROR({f.without(as_of, typed_days.SPACES)}="",FALSE),TODAY(),'
            f'IFERROR({date_formulas.NAME}{label},"{CHECK_AS_OF}"))',
            values.get("as_of", ""),
            "期限の判定に使う日。基準日が空欄なら本日です。",
            "date",
        ),
        Derived(
            f.DAYS_AFTER_EVENT,
            f"={filing_days}-{first_day}",
            count - strict,
            "資格取得年月日・異動年月日に足す日数(初日は数えません)。",
        ),
        Derived(
            f.DAYS_AFTER_LOSS,
            f"={filing_days}-1",
            count - 1,
            "資格喪失年月日に足す日数(午前0時に喪失するため当日を数えます)。",
        ),
        Derived(
            f.WEEKEND,
            f'=IF({rolls},IF({prefix("saturday")}="{lists["saturday"]["open"]}","0000001","0000011"),"0000000")',
            "0000000" if no_roll else "0000001" if saturday_open else "0000011",
            "月曜から日曜の順に、休業する曜日が1。繰り下げないときはすべて0。",
        ),
        Derived(
            f.ROLL,
            f"={rolls}",
            not no_roll,
            "期限が休業日に当たるとき、翌開庁日へ繰り下げるかどうか。",
        ),
        Derived(
            f.CLOSED_BROKEN,
            f"=COUNTA({f.CLOSED})>COUNT({f.CLOSED})",
            False,
            "TRUE のときは「休日」シートに日付でない値があります。直すまで期限は計算しません。",
        ),
    ]

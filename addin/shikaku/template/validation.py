"""What Excel says while people type: prompts, drop-downs, warnings, stops, and the input mode."""

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from shikaku.fields.era_date import FIRST, LAST
from shikaku.live import typed_days
from shikaku.model.schema import Column

LAST_ROW = 2001
"""The last row (as Excel counts) with validation and conditional formats; a table that grows
further takes them along."""

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)

_PROMPTS = {
    "choice": "一覧から選びます(▼ または Alt+↓)。",
    "date": "例: 2026/4/1 または R8.4.1",
    "count": "0以上の整数。",
    "digits": "先頭の0もそのまま入ります。",
}


def validate(ws: Worksheet, number: int, column: Column, source: str = "", first: int = 1) -> str:
    """Put the validation of a column from row ``first`` (0-based) on. Returns its range."""
    cell = xl_rowcol_to_cell(first, number)
    options = {
        "input_title": column.label[:32],
        "input_message": column.note or _PROMPTS.get(column.type, ""),
        "error_title": column.label[:32],
    } | rule(cell, column, source)
    if not options["input_message"]:
        options["input_title"] = ""
    ws.data_validation(first, number, LAST_ROW - 1, number, options)
    return xl_range_abs(first, number, LAST_ROW - 1, number).replace("$", "")


def rule(cell: str, column: Column, source: str) -> dict:
    if column.advice:
        return {
            "validate": "list",
            "source": f"={source}",
            "show_error": False,
            "input_message": column.note or "一覧から選べます。ほかの言葉も入力できます。",
        }
    if column.type == "choice":
        return {
            "validate": "list",
            "source": f"={source}",
            "error_message": "一覧にない値です。一覧から選んでください。",
        }
    if column.type == "date":
        return {
            "validate": "custom",
            "value": date_rule(cell),
            "error_message": "日付として読めないか、ありえない日付です。"
            "2026/4/1 や R8.4.1 のように入力してください。",
        }
    if column.type == "individual_number":
        return {
            "validate": "custom",
            "value": number_rule(cell),
            "error_type": "warning",
            "error_message": "12桁の数字でないか、検査数字が合いません。"
            "番号の書類をもう一度確かめてください。",
        }
    if column.type == "postal":
        return {
            "validate": "custom",
            "value": f'=LEN(SUBSTITUTE({cell},"-",""))=7',
            "error_type": "warning",
            "error_message": "郵便番号は7桁です(例: 100-0001)。",
        }
    if column.type == "count":
        return {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": 999,
            "error_message": "0以上の整数を入力してください。",
        }
    if column.type == "formula":
        return {
            "validate": "custom",
            "value": "=FALSE",
            "input_title": "",
            "input_message": "",
            "error_message": "この列は自動で計算します。入力はできません。"
            "消してしまったときは、上の行からコピーしてください。",
        }
    return {"validate": "any"}


def date_rule(cell: str) -> str:
    """Days that are: Excel dates inside a sane range, eight digits, or text that names one.

    What Excel can't read as a date stays text: 2026/2/30 and R8.13.1, which are refused, but also
    令和元年… in an old Excel and every era in one that isn't Japanese (it doesn't know R2.1.1), which
    ``check`` understands. Those are let in; a conditional format then asks for a second look.
    """
    first, last = typed_days.serial(FIRST), typed_days.serial(LAST)

    digits = f'COUNT(DATEVALUE(TEXT({cell},"0000-00-00")))'
    # Hyphens are read in every language, / and . are not.
    western = f'COUNT(DATEVALUE(SUBSTITUTE(SUBSTITUTE({cell},".","-"),"/","-")))'
    era = f'COUNT(DATEVALUE({cell}),FIND("元",{cell}))'
    return (
        f"=IF(ISNUMBER({cell}),IF({cell}<{last + 1},{cell}>={first},{digits}),"
        f'IF(COUNT(-LEFT({cell},4)),{western},IF(ISERROR(DATEVALUE("R2.1.1")),LEN({cell})>4,{era})))'
    )


def number_rule(cell: str) -> str:
    """Twelve digits with their check digit, without array constants (Excel refuses them here)."""
    total = "+".join(f"{w}*MID({cell},{n},1)" for n, w in enumerate(_WEIGHTS, 1))
    return f"=AND(LEN({cell})=12,MOD(MOD(-({total}),11),10)=1*RIGHT({cell}))"

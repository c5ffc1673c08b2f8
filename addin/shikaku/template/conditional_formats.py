"""Conditional formats: what catches the eye, by colour and always by a sign or a word as well.

▲ wrong or too late, ● soon or still to come, ▽ was late, ○ in order.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from shikaku.fields.era_date import ERAS, FIRST, LAST
from shikaku.law import parameters
from shikaku.live import columns, row_faults, typed_days
from shikaku.model.schema import Sheet, schema
from shikaku.template.formats import (
    DONE_INK,
    FIRST_YEAR_DATE,
    MUTED,
    SOON_FILL,
    SOON_INK,
    STOP_FILL,
    STOP_INK,
)
from shikaku.template.live_formulas import AS_OF, Formulas, read_days


def signed(sign: str) -> str:
    """A number format that puts a sign before numbers and text; the value stays as it is."""
    return f'"{sign} "0;"{sign} "-0;"{sign} "0;"{sign} "@'


STOP = {"bg_color": STOP_FILL, "font_color": STOP_INK}
SOON = {"bg_color": SOON_FILL, "font_color": SOON_INK}
STOP_SIGN = STOP | {"bold": True, "num_format": signed("▲")}
SOON_SIGN = SOON | {"bold": True, "num_format": signed("●")}
LATE_SIGN = {"font_color": STOP_INK, "num_format": signed("▽")}
DONE_SIGN = {"font_color": DONE_INK, "num_format": signed("○")}


def _first_years() -> Iterator[tuple[int, int]]:
    """元年 of each era, first and last day as serials."""
    for era in ERAS:
        last = dt.date(era.first.year, 12, 31)
        if last >= FIRST:
            yield typed_days.serial(max(era.first, FIRST)), typed_days.serial(last)


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule: the column it colours, Excel's formula for row 2 without ``=``, and the look."""

    key: str
    formula: str
    look: dict
    stop: bool = False


class FirstRowFormulas(Formulas):
    """The same expressions with plain references to row 2, as conditional formats need them."""

    def cell(self, key: str) -> str:
        return f"${self.letter(key)}2"

    def filled(self) -> str:
        """How many of the row's cells that say that there is a row are filled."""
        if self.sheet.key == "ledger":
            return f"COUNTA({','.join(self.cell(key) for key in columns.LEDGER_KEYS)})"
        if "input_check" in self.sheet.columns:
            return f"LEN({self.cell('input_check')})"
        return f"COUNTA({','.join(map(self.cell, row_faults.inputs(self.sheet)))})"

    def letter(self, key: str) -> str:
        return xl_col_to_name(list(self.sheet.columns).index(key))


def marks(sheet: Sheet) -> Iterator[Mark]:
    """The rules of a sheet, the most important first."""
    at = FirstRowFormulas(sheet)
    if sheet.key == "findings":
        yield from _findings(at)
    if sheet.role == "output":
        return
    filled = f"{at.filled()}>0"
    for key in Formulas(sheet).all():
        # A value typed or pasted over a formula would freeze: it must catch the eye.
        yield Mark(key, f"AND({filled},NOT(_xlfn.ISFORMULA({at.cell(key)})))", STOP_SIGN, stop=True)
    yield from _days(sheet, at)
    for need in row_faults.needs(sheet.key):
        yield Mark(need.key, f"AND({filled},{at.missing(need)})", {"bg_color": SOON_FILL})
    if "limit_state" in sheet.columns:
        yield from _filing(at)
    if sheet.key == "ledger":
        yield from _ledger(at)
    if sheet.key == "members":
        yield from _running_out(at, "e_certificate_expiry", f'{at.cell("lost")}=""')


def _findings(at: FirstRowFormulas) -> Iterator[Mark]:
    words, cell = schema().lists["severity"], at.cell("severity")
    for word, look in (("error", STOP_SIGN), ("warning", SOON_SIGN), ("info", DONE_SIGN)):
        yield Mark("severity", f'{cell}="{words[word]}"', look)


def _days(sheet: Sheet, at: FirstRowFormulas) -> Iterator[Mark]:
    low, high = typed_days.serial(FIRST), typed_days.serial(LAST) + 1
    wrong = STOP | {"num_format": signed("▲")}
    for key, column in sheet.columns.items():
        if column.type != "date" and key != "limit":
            continue
        cell = at.cell(key)
        if column.type == "date":
            # 20260401 would show as ##### in a cell for a day.
            read = f'COUNT(DATEVALUE(TEXT({cell},"0000-00-00")))>0'
            inside = f"{cell}>={_digits(FIRST)},{cell}<={_digits(LAST)}"
            digits = f"AND(ISNUMBER({cell}),{inside},{cell}=INT({cell}),{read})"
            yield Mark(key, digits, {"num_format": '0000"/"00"/"00'}, stop=True)
            # What the formulas read in text is in order. Their result is asked, since LibreOffice
            # works a rule out anew for every cell and a long one takes minutes.
            unread = _unread(at, key) if key in read_days(sheet) else "TRUE"
            odd = f"IF(ISTEXT({cell}),{unread},OR({cell}<{low},{cell}>={high}))"
            yield Mark(key, f"AND(LEN({cell})>0,{odd})", wrong)
        spans = "+".join(f"({cell}>={a})*({cell}<{b + 1})" for a, b in _first_years())
        yield Mark(key, f"AND(ISNUMBER({cell}),{spans})", {"num_format": FIRST_YEAR_DATE})


def _unread(at: FirstRowFormulas, key: str) -> str:
    """Whether the live columns say that they can't read this day."""
    return f'{at.cell("state")}="{columns.CHECK_DATE}"' if key == "returned" else at.bad_day(key)


def _digits(day: dt.date) -> str:
    return f"{day:%Y%m%d}"


def _filing(at: FirstRowFormulas) -> Iterator[Mark]:
    words = schema().lists["limit_state"]
    state = at.cell("limit_state")
    for key in ("limit", "limit_state"):
        cell = at.cell(key)
        yield Mark(
            key, f'OR({cell}="{columns.CHECK_DATE}",{cell}="{columns.CHECK_CLOSED}")', STOP_SIGN
        )
    for key in ("limit_state", "days_left"):
        # The days left have their own signs in the cell's format.
        plain = key == "days_left"
        for word, look in (("overdue", STOP_SIGN), ("soon", SOON_SIGN), ("late", LATE_SIGN)):
            shown = {k: v for k, v in look.items() if not (plain and k == "num_format")}
            yield Mark(key, f'{state}="{words[word]}"', shown)
    yield from _checked(at)
    for key, column in at.sheet.columns.items():
        if column.type != "formula":
            # What is filed steps back, so that the open rows stand out.
            yield Mark(key, f"ISNUMBER({at.cell('filed')})", {"font_color": MUTED})


def _checked(at: FirstRowFormulas) -> Iterator[Mark]:
    """What 個人番号チェック, 入力チェック and 行の状態 say."""
    words = schema().lists["limit_state"]
    cell = at.cell("number_check")
    numbers = columns.NUMBER_WORDS
    good = "+".join(f'({cell}="{numbers[key]}")' for key in columns.GOOD_NUMBER)
    yield Mark("number_check", f'AND({cell}<>"",({good})=0)', STOP_SIGN)
    waiting = "+".join(f'({cell}="{numbers[key]}")' for key in ("later", "pending"))
    yield Mark("number_check", f"({waiting})>0", SOON_SIGN | {"bold": False})
    fine = "+".join(f'({cell}="{numbers[key]}")' for key in ("ok", "respelled"))
    yield Mark("number_check", f"({fine})>0", DONE_SIGN)
    for key in ("input_check", "status"):
        cell = at.cell(key)
        calm = [*row_faults.FINE, *(numbers[k] for k in columns.WAITING_NUMBER), words["soon"]]
        if key == "input_check":
            calm = list(row_faults.FINE)
        loud = "*".join(f'({cell}<>"{word}")' for word in ("", *calm))
        yield Mark(key, f"{loud}>0", STOP_SIGN)
        for word in calm[len(row_faults.FINE) :]:
            yield Mark(key, f'{cell}="{word}"', SOON_SIGN)
        yield Mark(key, f'LEFT({cell},2)="{row_faults.OK}"', DONE_SIGN)


def _ledger(at: FirstRowFormulas) -> Iterator[Mark]:
    words, cell = schema().lists["return_state"], at.cell("state")
    wrong = f'OR({cell}="{columns.CHECK_DATE}",{cell}="{row_faults.ERROR_CELL}")'
    yield Mark("state", f'OR({cell}="{words["overdue"]}",{wrong})', STOP_SIGN)
    yield Mark("state", f'{cell}="{words["waiting"]}"', SOON_SIGN)
    yield Mark("state", f'{cell}="{words["returned"]}"', DONE_SIGN)
    over = f'OR({cell}="{words["returned"]}",{cell}="{words["not_applicable"]}")'
    for key, column in at.sheet.columns.items():
        if column.type != "formula":
            yield Mark(key, over, {"font_color": MUTED})


def _running_out(at: FirstRowFormulas, key: str, member: str) -> Iterator[Mark]:
    cell = at.cell(key)
    window = parameters.constant("certificate.expiry_notice_days")
    known = f"{member},ISNUMBER({cell}),ISNUMBER({AS_OF})"
    yield Mark(key, f"AND({known},{cell}<{AS_OF})", STOP)
    yield Mark(key, f"AND({known},{cell}<={AS_OF}+{window})", SOON)

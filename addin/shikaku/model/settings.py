"""The sheet 設定 as typed values. A wrong value stops the job with the row and the way out."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from shikaku.fields import era_date, stray_number
from shikaku.fields.text import ascii_digits
from shikaku.model.schema import Setting, schema
from shikaku.model.tables import Book, Cell
from shikaku.system.errors import BookError


@dataclass(frozen=True, slots=True)
class Settings:
    """Values of 設定 by the schema's keys; choices as English keys, dates as days, "" for blank."""

    insurer_number: str = ""
    insurer_name: str = ""
    insurer_address: str = ""
    insurer_phone: str = ""
    employer_symbol: str = ""
    employer_name: str = ""
    employer_address: str = ""
    employer_owner: str = ""
    employer_contact: str = ""
    as_of: dt.date | None = None
    filing_days: int = 5
    count_first_day: str = "no"
    roll: str = "next_open_day"
    certificate_expiry: dt.date | None = None
    return_days: int = 5
    saturday: str = "closed"
    promise_days: str = "open_days"
    burden_scope: str = "all"
    burden_share: str = "two"
    e_certificate_grace: str = "month_end"
    lost_card_months: int | None = None
    e_certificate_months: int | None = None
    care_renewal: str = "without_application"
    number_pending: str = "issue"
    renewal_days: int = 30
    return_on_registration: str = "no"
    family_reissue: str = "no"
    log_folder: str = ""
    barcode: str = "none"
    pre_notice_days: int = 7
    reminder_days: int = 5
    final_days: int = 14
    give_up_days: int = 28
    number_retention_years: int = 2


def read(book: Book) -> Settings:
    """The settings of a workbook.

    Blank cells take the schema's default. Raises BookError (sheet, row, label) for a value that
    is no day, no whole number from 0 to 999 (「5日」 is one) or not in its list.
    """
    values: dict[str, Any] = {}  # a type each, as the fields of Settings
    for key, spec in schema().settings.items():
        cell = book.settings.get(key, Cell())
        text = cell.text
        if cell.kind == "error":
            raise _wrong(book, key, "エラー値です", "セルの数式を直すか、値を入力してください。")
        if not text:
            text, cell = str(spec.default or ""), Cell(spec.default, "text")
        values[key] = _value(book, spec, cell, text)
    return Settings(**values)


def _value(book: Book, spec: Setting, cell: Cell, text: str) -> dt.date | int | str | None:
    """A setting's value from what its cell says."""
    key = spec.key
    if spec.type == "date":
        try:
            return era_date.from_cell(cell.value) if text else None
        except ValueError:
            hint = "2026-04-01 や 令和8年4月1日 のように入力してください。"
            raise _wrong(book, key, "日付として読めません", hint) from None
    if spec.type == "count":
        if spec.optional and not text:
            return None
        digits = ascii_digits(text).rstrip("日か月").rstrip()  # 「5日」「3か月」, as people say it
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
            raise _wrong(
                book, key, "0〜999の整数ではありません", "日数などを整数で入力してください。"
            )
        return int(digits)
    if spec.type == "choice":
        choice = spec.also.get(text) or schema().key_of(spec.list, text)
        if choice is None:
            options = "」「".join(schema().lists[spec.list].values())
            raise _wrong(book, key, "選択肢にない値です", f"「{options}」から選んでください。")
        return choice
    return stray_number.hide(text)


def _wrong(book: Book, key: str, what: str, hint: str) -> BookError:
    row = book.setting_rows.get(key)
    place = f" {row}行目" if row else ""
    name = schema().sheets["settings"].name
    return BookError(f"シート「{name}」{place}の「{schema().settings[key].label}」が{what}。", hint)

"""表記の統一 (tidy): spellings that carry no meaning, and what each cell would hold instead.

Only what cannot be meant is proposed: widths, spaces, kinds of hyphens, a day in text that becomes
a day, a drop-down's value in other letters. No value is repaired: a wrong check digit, a missing
zero, an impossible day stay as they are, for ``check`` to name. A display name keeps every glyph
(髙 stays 髙); the name that can be filed is shown beside it and changes nothing.

Applying all proposals leaves none. An individual number is never shown, not even in ``repr``, nor
is any other text that could hold one (columns may have been mixed up).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shikaku.fields import era_date, individual_number, kana, person_name, postal_code
from shikaku.fields.text import (
    HYPHENS,
    INVISIBLE,
    SPACES,
    ascii_digits,
    half_width,
    is_code,
    plain_hyphens,
    single_spaces,
    visible,
    without_spaces,
)
from shikaku.model.schema import Column, schema
from shikaku.model.tables import ERROR, NUMBER, TEXT, Book, Cell
from shikaku.system.masking import Shown, masked

MASK = "＊"

NOTES = {
    "date": "日付として入力し直します",
    "individual_number": "半角の数字12桁(文字列)にそろえます。番号の正しさは確かめていません",
    "postal": "郵便番号の形にそろえます",
    "spaces": "空白をそろえます",
    "separator": "姓と名の間を全角の空白1つにします",
    "width": "全角・半角をそろえます",
    "hyphen": "ハイフンをそろえます",
    "kana": "全角のカタカナにそろえます",
    "list": "選択肢の表記にそろえます",
    "count": "数値として入力し直します",
    "filing_name": "届出用の表記の案です。氏名は書き換えません",
    "filing_kana": "第1・第2水準にない文字があり、置き換えの例がありません。組合にお確かめください",
}
"""Kind of a proposal → what is done, in a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One cell and what it would hold.

    sheet, key: the schema's keys; row: Excel's row number. before, after: what the user sees,
    ``＊`` where an individual number is or could be. kind: a key of NOTES.
    """

    sheet: str
    row: int
    key: str
    before: str
    after: str
    kind: str
    _value: str | int | dt.date | None = field(default=None, repr=False)

    @property
    def note(self) -> str:
        """What is done, in Japanese."""
        return NOTES[self.kind]

    @property
    def changes(self) -> bool:
        """Whether applying it changes the cell; a filing name is only shown."""
        return self.kind not in ("filing_name", "filing_kana")

    def write_value(self) -> str | int | dt.date | None:
        """What the cell is to hold, None for nothing. An individual number is text, its digits as
        typed: only the spelling differs."""
        return self._value

    def to_json(self) -> dict[str, str | int | bool]:
        """Labels of the place, before, after, kind and whether it changes the cell."""
        spec = schema().sheets[self.sheet]
        return {
            "sheet": spec.name,
            "row": self.row,
            "column": spec.label(self.key),
            "before": self.before,
            "after": self.after,
            "kind": self.kind,
            "changes": self.changes,
            "note": self.note,
        }


def proposals(book: Book) -> list[Proposal]:
    """What may safely be unified, in sheet, row and column order.

    Looked at are the sheets that people fill in; formulas and error cells are left alone.
    """
    found: list[Proposal] = []
    for key, spec in schema().sheets.items():
        if key == "history" or spec.role not in ("input", "ledger"):
            continue
        columns = spec.columns | spec.extra
        for row in book.rows(key):
            for name, column in columns.items():
                cell = row.cells.get(name)
                if cell is None or cell.formula or cell.kind == ERROR or column.type == "formula":
                    continue
                found += (
                    Proposal(key, row.number, name, *proposal) for proposal in _cell(cell, column)
                )
    return found


def _cell(cell: Cell, column: Column) -> Iterator[tuple[str, str, str, str | int | dt.date | None]]:
    """(before, after, kind, value) of what a cell may become."""
    if cell.kind == TEXT and _BLANK.fullmatch(cell.typed):
        yield cell.typed, "", "spaces", None  # looks empty, and formulas count it as filled
        return
    tidied = _RULES[column.type](cell, column)
    if tidied is not None:
        kind, value = tidied
        if column.type == "individual_number":
            yield MASK, MASK, kind, value
        else:
            after = era_date.both(value) if isinstance(value, dt.date) else str(value)
            yield _shown(_raw(cell)), _shown(after), kind, value
    if column.type in ("name", "address") and cell.kind == TEXT:
        text = str(value) if tidied is not None else cell.typed
        if person_name.outside_jis(text):
            filing = person_name.filing_name(text)
            kind = "filing_kana" if filing is None else "filing_name"
            yield _shown(cell.typed), _shown(filing or ""), kind, None


_BLANK = re.compile(f"[{SPACES}{INVISIBLE}]*")


def _raw(cell: Cell) -> str:
    return cell.typed or cell.text


def _shown(text: str) -> Shown:
    """The text as a list may say it: twelve digits, columns being mixed up, are blotted out."""
    return masked(text, labelled=True)


def _kind(before: str, after: str) -> str:
    """What differs, by the least that explains it."""
    if without_spaces(visible(before)) == without_spaces(after):
        return "spaces"
    if plain_hyphens(without_spaces(before)) == plain_hyphens(without_spaces(after)):
        return "hyphen"
    return "width"


Tidied = tuple[str, str | int | dt.date] | None

# Nearly every cell is tidy already. These see that at once, the rules below say the same slowly.
_TIDY_DIGITS = re.compile(r"[0-9A-Za-z-]+")
_TIDY_NUMBER = re.compile(r"[0-9]{12}")
_TIDY_KANA = re.compile(r"[ァ-ヺー]+(?:\u3000[ァ-ヺー]+)*")
_TIDY_NAME = re.compile(r"[ぁ-ゖァ-ヺー々〆一-龠]+(?:\u3000[ぁ-ゖァ-ヺー々〆一-龠]+)*")


def _date(cell: Cell, _column: Column) -> Tidied:
    if cell.kind == TEXT:
        try:
            day, outdated = era_date.parse(cell.typed)
        except ValueError:
            return None
        # 平成31年5月1日 is a day, but somebody should look at it first.
        return None if outdated else ("date", day)
    if cell.kind == NUMBER:
        try:
            return "date", era_date.from_cell(cell.value)
        except ValueError:
            return None
    return None


def _individual_number(cell: Cell, _column: Column) -> Tidied:
    if cell.kind not in (TEXT, NUMBER):
        return None
    if cell.kind == TEXT and _TIDY_NUMBER.fullmatch(cell.typed):
        return None
    digits = individual_number.examine(cell.value).respelled
    return ("individual_number", digits) if digits and digits != cell.value else None


_POSTAL = re.compile(r"\d{7}|\d{3}-\d{4}", re.ASCII)


def _postal(cell: Cell, _column: Column) -> Tidied:
    if cell.kind not in (TEXT, NUMBER):
        return None
    if cell.kind == TEXT and _POSTAL.fullmatch(cell.typed):
        return None
    try:
        return "postal", postal_code.format(_raw(cell))
    except ValueError:
        return None


def _digits(cell: Cell, _column: Column) -> Tidied:
    """記号, 番号, 枝番: width, spaces, kinds of hyphens; a number cell stays (no zero is invented)."""
    if cell.kind != TEXT or _TIDY_DIGITS.fullmatch(cell.typed):
        return None
    text = half_width(without_spaces(visible(cell.typed)))
    if is_code(text):
        text = plain_hyphens(text)
    else:  # a 記号 in kana keeps its ー
        text = kana.full_width(single_spaces(visible(cell.typed), "\u3000"))
    return _changed(cell.typed, text)


def _changed(before: str, after: str) -> Tidied:
    return (_kind(before, after), after) if after != before else None


def _name(cell: Cell, _column: Column) -> Tidied:
    if cell.kind != TEXT or _TIDY_NAME.fullmatch(cell.typed):
        return None
    text = kana.full_width(person_name.compact(cell.typed))
    if text == cell.typed:
        return None
    kind = _kind(cell.typed, text)
    inside = kind == "spaces" and visible(cell.typed).strip() != text
    return "separator" if inside else kind, text


def _kana(cell: Cell, _column: Column) -> Tidied:
    if cell.kind != TEXT or _TIDY_KANA.fullmatch(cell.typed):
        return None
    text = kana.to_full(kana.from_hiragana(cell.typed))
    if text == cell.typed:
        return None
    if not kana.is_kana(text):  # what isn't a reading in kana is for check; spaces may go
        return _changed(cell.typed, single_spaces(visible(cell.typed), "\u3000"))
    kind = _kind(cell.typed, text)
    return kind if kind == "spaces" else "kana", text


_BETWEEN_DIGITS = re.compile(
    rf"(?<=[0-9])[{re.escape(HYPHENS.replace('一', '').replace('-', ''))}](?=[0-9])"
)
_SPACE_RUN = re.compile(rf"[{SPACES}]{{2,}}|[^\S \u3000]")


def _address(cell: Cell, _column: Column) -> Tidied:
    """Digits in half width, hyphens between digits, half-width kana, outer and double spaces.

    ー after a kana is a letter (ハイツー), 一 a number: neither is touched.
    """
    if cell.kind != TEXT:
        return None
    text = visible(cell.typed).strip()
    text = ascii_digits(_SPACE_RUN.sub("\u3000", text))
    text = kana.full_width(_BETWEEN_DIGITS.sub("-", text))
    return _changed(cell.typed, text)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", without_spaces(visible(text)))


def _choice(cell: Cell, column: Column) -> Tidied:
    if cell.kind != TEXT:
        return None
    values = schema().lists[column.list].values()
    if cell.typed in values:
        return None
    folded = _fold(cell.typed)
    match = next((value for value in values if _fold(value) == folded), None)
    return ("list", match) if match else None


def _count(cell: Cell, _column: Column) -> Tidied:
    if cell.kind != TEXT:
        return None
    text = ascii_digits(without_spaces(visible(cell.typed)))
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    return "count", int(text)


def _text(cell: Cell, _column: Column) -> Tidied:
    if cell.kind != TEXT:
        return None
    return _changed(cell.typed, kana.full_width(visible(cell.typed).strip()))


_RULES: dict[str, Callable[[Cell, Column], Tidied]] = {
    "date": _date,
    "individual_number": _individual_number,
    "postal": _postal,
    "digits": _digits,
    "name": _name,
    "kana": _kana,
    "address": _address,
    "choice": _choice,
    "count": _count,
    "text": _text,
}

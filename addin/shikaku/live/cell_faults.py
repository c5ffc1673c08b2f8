"""What 入力チェック says of a single cell by its look: a reading that is no katakana, a name with signs,
a 郵便番号 without seven digits, a count that is none.

``template/cell_formulas.py`` writes the same rules as formulas. Each is a rule of ``check`` as far as
a formula can see it; where a formula sees less (the format of a number, a rare sign) it is silent,
so that whatever it says ``check`` says too.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from shikaku.fields.text import HYPHENS
from shikaku.live.typed_days import DIGITS, SPACES, blank, without
from shikaku.model.schema import Sheet, schema
from shikaku.model.tables import TEXT, Cell, Row

OTHER_SPACES = "".join(map(chr, (*range(0x2000, 0x200B), 0x202F, 0x205F)))
INVISIBLE = "".join(
    chr(code)
    for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069))
    for code in range(first, last + 1)
)
"""Characters that come along when a cell is copied; ``fields.text`` sees through them."""

UNSEEN = SPACES + OTHER_SPACES + INVISIBLE + "\ufeff"
CONTROLS = "\t\n\r"
"""What a formula has as CHAR(9) and so on; not in ``UNSEEN``, since no text in a formula may hold it."""

KANA = (
    "".join(map(chr, (*range(0x30A1, 0x30FB), *range(0xFF65, 0xFFA0))))
    + "ー・゛゜\u3099\u309a=＝゠"
    + UNSEEN
)
"""What may stand in 氏名カナ (NM01), ＝ of a foreign name among it."""

KANA_SCAN = 60
"""How many characters of a reading are looked at."""

POSTAL = DIGITS + HYPHENS + "〒" + UNSEEN
POSTAL_DIGITS, POSTAL_SCAN = 7, 24

SIGNS = (
    DIGITS
    + "()（）[]［］{}｛｝【】「」『』〔〕<>＜＞《》〈〉/／\\＼|｜※★☆●○◎◆◇■□▲△▼▽→←↓⇒、。!！?？…~～〜#＃$＄%％&＆*＊"
    "+＋:：;；@＠^＾_＿〒①②③④⑤⑥⑦⑧⑨⑩㈱㈲"
)
"""Characters that no name has (NM04), those that people type; none of them is a ditto mark (RQ04)."""

TITLE = "様"

COUNT_DIGITS = 8
"""A count with more digits is none (``Cell.count``)."""

ABROAD = schema().lists["no_number_reason"]["abroad"]

Judge = Callable[[Row, str], bool]


def kana_fault(row: Row, key: str) -> bool:
    """NM01: something else than katakana."""
    return any(character not in KANA + CONTROLS for character in shown(row.cell(key))[:KANA_SCAN])


def name_fault(row: Row, key: str) -> bool:
    """NM04: a digit or a sign, or 様 at the end."""
    text = shown(row.cell(key))
    plain = trimmed(text)
    return any(sign in text for sign in SIGNS) or (len(plain) > 2 and plain.endswith(TITLE))


def postal_fault(row: Row, key: str) -> bool:
    """AD01: a text that isn't seven digits, or begins with 000. A number may be shown with zeros."""
    cell = row.cell(key)
    if cell.kind != TEXT or blank(cell) or len(cell.typed) > POSTAL_SCAN:
        return False
    if "no_number_reason" in row.cells and ABROAD in row.cell("no_number_reason").typed:
        return False
    text = cell.typed
    odd = any(character not in POSTAL + CONTROLS for character in text)
    digits = sum(character in DIGITS for character in text)
    return odd or digits != POSTAL_DIGITS or without(text, "〒-").startswith("000")


def count_fault(row: Row, key: str) -> bool:
    """RQ03: no whole number from 0 on (of a truth value nothing is said)."""
    cell = row.cell(key)
    value = cell.value
    if isinstance(value, (int, float)):
        return value < 0 or value != int(value) or value >= 10**COUNT_DIGITS
    if cell.kind != TEXT or blank(cell):
        return False
    return _is_no_count(trimmed(cell.typed))


def _is_no_count(text: str) -> bool:
    digits = text[:COUNT_DIGITS]
    return len(text) > COUNT_DIGITS or any(c not in DIGITS + CONTROLS for c in digits)


def positive(cell: Cell) -> bool:
    """A count above 0 (LS08), as a number or as a text of digits."""
    value = cell.value
    if isinstance(value, dt.date):
        return True
    if isinstance(value, (int, float)):
        return value > 0 and value == int(value)
    if cell.kind != TEXT or blank(cell) or _is_no_count(trimmed(cell.typed)):
        return False
    return any(digit in cell.typed for digit in DIGITS if digit not in "0０")


def shown(cell: Cell) -> str:
    """A cell's text as a formula joins it with another one: of a number, or of a day, some digit."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, bool):
        return str(cell.value).upper()
    return cell.typed if cell.kind == TEXT else "0"


def trimmed(text: str) -> str:
    """What TRIM makes of a text with its wide spaces as plain ones."""
    text = text.translate(dict.fromkeys(map(ord, SPACES), " "))
    return " ".join(part for part in text.split(" ") if part)


_RULES: dict[str, tuple[Judge, str]] = {
    "name": (name_fault, "数字・記号・敬称"),
    "kana": (kana_fault, "カタカナで"),
    "postal": (postal_fault, "7桁の数字で"),
    "count": (count_fault, "0以上の整数で"),
}
"""Column type → the rule, and what is said."""


def judged(sheet: str) -> Iterator[tuple[str, str]]:
    """(column key, its type) of the columns of a filing whose look is judged, in their order."""
    for key, column in schema().sheets[sheet].columns.items():
        if column.type in _RULES:
            yield key, column.type


def fault_text(sheet: Sheet, key: str) -> str:
    """What 入力チェック says of a cell that looks wrong."""
    return f"{sheet.label(key)}({_RULES[sheet.columns[key].type][1]})"


def found(row: Row) -> list[str]:
    """The faults of a row's cells, in the order of the columns."""
    spec = schema().sheets[row.sheet]
    return [fault_text(spec, key) for key, type_ in judged(row.sheet) if _RULES[type_][0](row, key)]

"""Who has sent a file: employers told apart, and what their rows of the worklist are called by."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from shikaku.fields.text import without_spaces
from shikaku.model.tables import Row

if TYPE_CHECKING:
    from shikaku.desk.collect.received import Receipt


@lru_cache(4096)
def sender(symbol: str, name: str) -> tuple[str, str]:
    """記号 and name of an employer for comparing: widths, spaces and ㈱ don't matter.

    >>> sender("０１２", "㈱ みほん") == sender("012", "株式会社みほん")
    True
    """
    symbol = without_spaces(unicodedata.normalize("NFKC", symbol))
    name = without_spaces(unicodedata.normalize("NFKC", name))
    for short, long in (("(株)", "株式会社"), ("(有)", "有限会社"), ("(同)", "合同会社")):
        name = name.replace(short, long)
    return symbol, name.casefold()


def bond(one: "Receipt", other: "Receipt") -> str:
    """Whether two files are of one employer: ``same``; ``likely`` when one of them leaves blank
    what would tell; ``renamed``, the same 記号 under another name; else ""."""
    symbol, name = sender(one.symbol, one.employer)
    their_symbol, their_name = sender(other.symbol, other.employer)
    symbols_fit, names_fit = symbol == their_symbol, name == their_name
    if symbols_fit and names_fit:
        return "same" if name else "likely" if symbol else ""
    if symbols_fit and symbol:
        return "renamed" if name and their_name else "likely"
    if names_fit and name and not (symbol and their_symbol):
        return "likely"
    return ""


def employers(receipts: Iterable["Receipt"]) -> dict[str, str]:
    """Receipt number → the employer's name for its rows. Letters go out by that name, and nobody
    must get another's people: of two employers of one name only the first to come has it bare, and
    who has given none is told by what is known."""
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for receipt in receipts:
        symbol, name = sender(receipt.symbol, receipt.employer)
        if not name:
            names[receipt.receipt_no] = _stand_in(symbol, receipt.receipt_no)
        elif symbol and owners.setdefault(name, symbol) != symbol:
            names[receipt.receipt_no] = receipt.employer + _apart(symbol)
        else:
            names[receipt.receipt_no] = receipt.employer
    return names


def name_given(row: Row) -> str:
    """The employer's name of a collected row as its sender gave it, "" for none: ``employers``
    makes names for our letters, and no other system may get them for registered ones."""
    symbol, _ = sender(row.text("employer_symbol"), "")
    name = row.text("employer")
    if name == _stand_in(symbol, row.text("receipt_no")):
        return ""
    return name.removesuffix(_apart(symbol))


def _stand_in(symbol: str, receipt_no: str) -> str:
    known = f"記号{symbol}" if symbol else f"受付{receipt_no}"
    return f"{known}の事業所"


def _apart(symbol: str) -> str:
    return f"(記号{symbol})"

"""Who has sent a file: employers told apart, and what their rows of the worklist are called by.

An employer is its 記号. A typed name is held against the sheet 事業所, or against what the 記号 was
called before, and a difference is reported; it makes no other employer and leads nobody's list to one.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from shikaku.desk.collect.received import LISTED_AGAIN, Receipt
from shikaku.model.employers import (
    Employers,
    apart,
    fold_employer,
    fold_symbol,
    is_stand_in,
    stand_in,
    stand_in_of_file,
    symbols_of,
)
from shikaku.model.tables import Row


def sender(symbol: str, name: str) -> tuple[str, str]:
    """記号 and name of an employer for comparing: widths, spaces and ㈱ don't matter.

    >>> sender("０１２", "㈱ みほん") == sender("012", "株式会社みほん")
    True
    """
    return fold_symbol(symbol), fold_employer(name)


def bond(one: Receipt, other: Receipt, master: Employers) -> str:
    """Whether two files are of one employer: ``same`` by the 記号, or two 記号 of one line of 事業所;
    ``likely`` where a 記号 is left blank and the names agree; else ""."""
    symbol, name = sender(one.symbol, one.employer)
    their_symbol, their_name = sender(other.symbol, other.employer)
    if symbol and their_symbol:
        together = _owners(one.symbol, master) & _owners(other.symbol, master)
        return "same" if symbol == their_symbol or together else ""
    return "likely" if name and name == their_name else ""


def _owners(symbol: str, master: Employers) -> set[tuple[object, ...]]:
    """Whose a 記号 is, or several: of a line of 事業所, or nobody's but its own."""
    parts = map(fold_symbol, (symbol, *symbols_of(symbol)))
    lines = {part: master.of_symbol(part) for part in parts if part}
    return {
        ("symbol", part) if line is None else ("line", id(line)) for part, line in lines.items()
    }


class Senders:
    """The files that may be of one employer (``bond``), in the order in which they were noted. Of
    thousands of files few are."""

    def __init__(self, master: Employers) -> None:
        self._master = master
        self._places: dict[int, int] = {}
        self._by: dict[tuple[object, ...], dict[int, Receipt]] = defaultdict(dict)

    def note(self, receipt: Receipt) -> None:
        """Note a file, again when another employer is known to have sent it."""
        self._places.setdefault(id(receipt), len(self._places))
        symbol, name = sender(receipt.symbol, receipt.employer)
        self._by["name", name, bool(symbol)][id(receipt)] = receipt
        for owner in _owners(receipt.symbol, self._master):
            self._by[owner][id(receipt)] = receipt

    def near(self, receipt: Receipt) -> list[Receipt]:
        """The files that may be of a file's employer."""
        symbol, name = sender(receipt.symbol, receipt.employer)
        found = dict(self._by.get(("name", name, False), {}))
        for owner in _owners(receipt.symbol, self._master) if symbol else [("name", name, True)]:
            found |= self._by.get(owner, {})
        return [found[one] for one in sorted(found, key=self._places.__getitem__)]


def employers(receipts: Iterable[Receipt], master: Employers) -> dict[str, str]:
    """Receipt number → the employer's name for its rows. Letters go out by that name, and nobody
    must get another's people: it is that of 事業所, else the last that came with the 記号. Of two
    employers of one name only the first to come has it bare, and who has given none is told by what
    is known: the 記号, or the file."""
    receipts = list(receipts)
    called: dict[str, str] = {}
    for receipt in sorted(receipts, key=lambda r: r.order):
        if receipt.state in LISTED_AGAIN:
            continue
        symbol, name = sender(receipt.symbol, receipt.employer)
        if symbol and name:
            called[symbol] = receipt.employer
    names: dict[str, str] = {}
    owners: dict[str, set[tuple[object, ...]]] = {}
    for receipt in receipts:
        symbol, _ = sender(receipt.symbol, "")
        line = master.of_symbol(receipt.symbol)
        name = line.name if line and line.name else called.get(symbol, receipt.employer)
        own = _owners(receipt.symbol, master)
        if not fold_employer(name):
            names[receipt.receipt_no] = (
                stand_in(symbol)
                if symbol
                else stand_in_of_file(receipt.receipt_no, PurePosixPath(receipt.file).stem)
            )
        elif own and not own & owners.setdefault(fold_employer(name), own):
            names[receipt.receipt_no] = name + apart(symbol)
        else:
            names[receipt.receipt_no] = name
    return names


def remarks(receipt: Receipt, master: Employers, called: str) -> list[str]:
    """What a file says of its employer otherwise than 事業所, or than the 記号 was called before.
    called: that name, "" for none."""
    parts = tuple(map(fold_symbol, symbols_of(receipt.symbol)))
    symbol, name = "、".join(parts), fold_employer(receipt.employer)
    line = master.of_symbol(receipt.symbol)
    found = []
    if line is not None:
        if name and name not in line.names:
            found.append(
                f"事業所名称「{receipt.employer}」は、シート「事業所」の記号{symbol}の名称"
                f"「{line.name}」と違います。宛名は「{line.name}」にしました"
            )
        if unknown := [part for part in parts if master.of_symbol(part) is None]:
            found.append(
                f"記号{'、'.join(unknown)}はシート「事業所」の「{line.name}」にありません。"
                "同じ事業所の記号なら書き足してください"
            )
        return found
    if master and symbol:
        done = "。記載のとおりに加えました。名称と所在地を確かめてください" if name else ""
        found.append(f"記号{symbol}はシート「事業所」にありません{done}")
    other = master.named(receipt.employer) if master else None
    if other is not None:
        found.append(f"「{receipt.employer}」はシート「事業所」では別の記号です")
    if name and called and fold_employer(called) != name:
        found.append(
            f"記号{symbol}の事業所名称は、前のファイルでは「{called}」でした。同じ事業所として扱います"
        )
    return found


def name_given(row: Row) -> str:
    """The employer's name of a collected row as its sender gave it, "" for none: ``employers``
    makes names for our letters, and no other system may get them for registered ones."""
    symbol, _ = sender(row.text("employer_symbol"), "")
    name = row.text("employer")
    return "" if is_stand_in(name) else name.removesuffix(apart(symbol))

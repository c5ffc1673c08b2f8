"""The sheet 事業所: the insurer's employers, by their 記号, with all names that they have had."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from shikaku.fields.text import code_hyphens, visible, without_spaces
from shikaku.model.tables import Book, Row
from shikaku.system.masking import masked

SHEET = "employers"
_BETWEEN = re.compile(r"[、，,､;；・･/／\s]+")
_APART = re.compile(r"\(記号([^()]+)\)\Z")
_STAND_IN = re.compile(r"(記号|受付).+の事業所")
_FORMS = (("(株)", "株式会社"), ("(有)", "有限会社"), ("(同)", "合同会社"), ("(資)", "合資会社"))


@lru_cache(4096)
def fold_symbol(text: str) -> str:
    """An employer's 記号 for comparing: width, spaces and kinds of hyphens don't matter, leading zeros do.

    >>> fold_symbol(" ０１２"), fold_symbol("12")
    ('012', '12')
    """
    return code_hyphens(without_spaces(unicodedata.normalize("NFKC", visible(text))))


def symbols_of(text: str) -> tuple[str, ...]:
    """The 記号 of a cell that may hold several: parted by 、 as 設定 tells, or by what people type for it.

    >>> symbols_of("1201、 1202,12-03・1204"), symbols_of(" ")
    (('1201', '1202', '12-03', '1204'), ())
    """
    return tuple(part for part in _BETWEEN.split(text) if part)


@lru_cache(4096)
def fold_employer(name: str) -> str:
    """An employer's name for comparing: widths, spaces, capitals and ㈱ don't matter.

    >>> fold_employer("㈱ みほん") == fold_employer("株式会社みほん")
    True
    """
    name = without_spaces(unicodedata.normalize("NFKC", visible(name)))
    for short, long in _FORMS:
        name = name.replace(short, long)
    return name.casefold()


@dataclass(frozen=True, slots=True)
class Employer:
    """A line of 事業所. symbols, names: folded for comparing, the former names too; name: as its
    letters say it; send_to: another address for what is sent, "" for the employer's own."""

    symbols: frozenset[str]
    names: frozenset[str]
    name: str
    postal_code: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""
    send_to: str = ""


class Employers:
    """All lines of 事業所. Of two lines with one 記号 the first counts."""

    def __init__(self, lines: Iterable[Employer] = ()):
        self.lines = list(lines)
        self._by_symbol: dict[str, Employer] = {}
        self._by_name: dict[str, Employer] = {}
        for line in self.lines:
            for symbol in line.symbols:
                self._by_symbol.setdefault(symbol, line)
            for name in line.names:
                self._by_name.setdefault(name, line)

    def __bool__(self) -> bool:
        return bool(self.lines)

    def of_symbol(self, symbol: str) -> Employer | None:
        """The employer with that 記号, or with one of several; None for a blank or an unknown one."""
        one = self._by_symbol.get(fold_symbol(symbol))
        if one is not None or not symbol:
            return one
        found = (self._by_symbol.get(fold_symbol(part)) for part in symbols_of(symbol))
        return next((line for line in found if line is not None), None)

    def called(self, name: str) -> Employer | None:
        """The employer that our letters call so: by its present name, of two employers of one name
        by the 記号 behind it (``apart``); None where it stays open."""
        if (suffix := _APART.search(name)) is not None:
            return self.of_symbol(suffix[1])
        folded = fold_employer(name)
        found = [line for line in self.lines if folded and fold_employer(line.name) == folded]
        return found[0] if len(found) == 1 else None

    def named(self, name: str) -> Employer | None:
        """The employer that has, or had, that name."""
        return self._by_name.get(fold_employer(name))

    def for_letters(self, named: str, symbol: str) -> str:
        """The name by which letters about a row with that 記号 go out. named: how the row itself calls
        its employer, "" where nobody has sent it (a list of the core system). It goes before the line
        with the 記号, but for two employers of one name, who are told apart. "" when none is known."""
        line = self.of_symbol(symbol)
        if line is None or not line.name:
            return named
        bare = _APART.sub("", named)
        if bare and fold_employer(bare) != fold_employer(line.name):
            return named
        only = self.called(line.name) is line
        return line.name if only else line.name + apart(min(line.symbols))


def apart(symbol: str) -> str:
    """What stands behind the name of an employer that isn't the only one of it.

    >>> Employers([Employer(frozenset({"7"}), frozenset(), "x")]).called("y" + apart("7")).name
    'x'
    """
    return f"(記号{symbol})"


def stand_in(symbol: str) -> str:
    """What an employer is called of whom the 記号 alone is known: each has letters of its own.

    >>> stand_in("2018")
    '記号2018の事業所'
    """
    return f"記号{symbol}の事業所"


def stand_in_of_file(receipt_no: str, stem: str) -> str:
    """The same of whom nothing but a file is known, which often has the employer's name.

    >>> stand_in_of_file("R0003", "みほん製作所_4月")
    '受付R0003(みほん製作所_4月)の事業所'
    """
    return f"受付{receipt_no}({stem})の事業所"


def is_stand_in(name: str) -> bool:
    """Whether a letter's employer is known by its 記号 or its file alone."""
    return _STAND_IN.fullmatch(name) is not None


def read(book: Book) -> Employers:
    """The employers of a workbook, none when it has no sheet 事業所."""
    return Employers(_employer(row) for row in book.rows(SHEET) if row.text("symbol"))


def _employer(row: Row) -> Employer:
    name = row.text("name")
    return Employer(
        frozenset(map(fold_symbol, symbols_of(row.text("symbol")))),
        frozenset(map(fold_employer, (name, *_several(row.text("former"))))) - {""},
        masked(name),
        masked(row.text("postal_code")),
        masked(row.text("address")),
        masked(row.text("contact")),
        masked(row.text("phone")),
        masked(row.text("send_to")),
    )


def _several(text: str) -> list[str]:
    """The parts of a cell that holds several, parted by 、.

    >>> _several("旧みほん、 見本商会,A・B商事")
    ['旧みほん', '見本商会', 'A・B商事']
    """
    for mark in ",，､;；\n":
        text = text.replace(mark, "、")
    return [part for part in (piece.strip() for piece in text.split("、")) if part]

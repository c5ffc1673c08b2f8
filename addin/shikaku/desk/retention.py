"""個人番号 past its retention: which cells are to be emptied, and the record of it.

健保則34条 has papers kept for two years from the day they are completed; 番号法20条 then wants the
number gone. Completed is a filing on its 届出日, and the register's row on the day of the loss. The
day itself isn't counted (民法140条), so the last day of keeping is the same date two years on.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from shikaku.fields import individual_number, stray_number
from shikaku.identity import shared_numbers
from shikaku.identity.matching import Household, PersonKey, household, person_key
from shikaku.law.retention import last_day
from shikaku.model.people import Person, people
from shikaku.model.schema import EVENT, FILINGS, schema
from shikaku.model.tables import EMPTY, TEXT, Book, Cell, Row

KEY, ERASED = "individual_number", "number_erased"
HISTORY_KIND = "purge"
HISTORY_TITLE = "個人番号の消去"

_Key = PersonKey | Household | None
"""A person or a family, for comparing."""


@dataclass(frozen=True, slots=True)
class DueCell:
    """A cell to be emptied: sheet key, Excel row, the day its paper was completed, the last day of
    keeping. No digit of it."""

    sheet: str
    row: int
    completed: dt.date
    until: dt.date


def completed_on(row: Row) -> dt.date | None:
    """The day a row's paper was completed; None while it isn't (or the day can't be read)."""
    return row.date("filed" if row.sheet in FILINGS else "lost")


def holds_number(cell: Cell) -> bool:
    """Whether there is something in the cell that is, or was meant as, a number."""
    if cell.kind == EMPTY or cell.kind == TEXT and not cell.text:
        return False
    return individual_number.examine(cell.value).problem not in ("blank", "pending")


def due(book: Book, as_of: dt.date, years: int) -> list[DueCell]:
    """The cells whose retention is over on ``as_of``, in sheet and row order."""
    found = []
    for row in _with_numbers(book):
        day = completed_on(row)
        if day is not None and last_day(day, years) < as_of:
            found.append(DueCell(row.sheet, row.number, day, last_day(day, years)))
    return found


def erasures(book: Book) -> int:
    """How often 発行履歴 says that numbers were erased."""
    rows = book.rows("history")
    return sum(HISTORY_TITLE in (row.text("title"), row.text("letter")) for row in rows)


def undated(book: Book, as_of: dt.date, years: int) -> int:
    """How many filings hold a number, have no 届出日 that can be read, and an event so long ago
    that the retention would be over: somebody should look at them."""
    return sum(
        1
        for row in _with_numbers(book)
        if row.sheet in FILINGS
        and completed_on(row) is None
        and (day := row.date(EVENT[row.sheet])) is not None
        and last_day(day, years) < as_of
    )


def not_struck_off(book: Book, as_of: dt.date, years: int) -> list[int]:
    """Rows of 加入者台帳 with a number and without a day of loss, though a filing says that the
    person, or a dependant's insured, lost so long ago that the retention would be over. Nothing is
    erased on that ground: whoever keeps the register must first say that it is the same person."""
    gone = _filed_losses(book)

    def back(person: Person, key: _Key) -> bool:  # also on the day of the loss (同日得喪)
        return key in gone and person.acquired is not None and person.acquired >= gone[key]

    register = [p for p in people(book) if p.sheet == "members"]
    insured_again = {
        household(p)
        for p in register
        if not p.is_dependant and back(p, household(p)) and not p.lost
    }
    numbered = {row.number for row in _with_numbers(book) if row.sheet == "members"}
    found = []
    for person in register:
        if person.lost is not None or person.row not in numbered:
            continue
        keys: list[_Key] = [person_key(person)]
        if person.is_dependant and household(person) not in insured_again:
            keys.append(household(person))
        days = [gone[key] for key in keys if key in gone and not back(person, key)]
        if days and last_day(max(days), years) < as_of:
            found.append(person.row)
    return found


def _filed_losses(book: Book) -> dict[_Key, dt.date]:
    """The last day of loss that the filings give, by person, and by family where the insured lost."""
    gone: dict[_Key, dt.date] = {}
    for person in people(book):
        if person.sheet == "members" or person.lost is None or household(person) is None:
            continue
        keys: list[_Key] = [person_key(person)]
        if person.sheet == "loss":
            keys.append(household(person))
        for key in keys:
            gone[key] = max(gone.get(key, person.lost), person.lost)
    return gone


def _with_numbers(book: Book) -> Iterator[Row]:
    for row in book.rows("members", *FILINGS):
        cell = row.cells.get(KEY)
        if cell is not None and holds_number(cell):
            yield row


def elsewhere(book: Book, as_of: dt.date, years: int) -> list[tuple[str, int, str]]:
    """(sheet key, row, column key) of other cells that seem to hold a number, of the rows whose
    retention is over: they are people's own text, so they are reported, each time, and not touched."""
    return [
        (row.sheet, row.number, key)
        for row in book.rows("members", *FILINGS)
        if (day := completed_on(row)) is not None and last_day(day, years) < as_of
        for key, cell in row.cells.items()
        if key != KEY and not cell.formula and stray_number.inside(cell.text)
    ]


def registrable(book: Book, cells: list[DueCell]) -> list[DueCell]:
    """Of the cells to be emptied those whose number can have been registered: not a wrong one (MN03–
    MN07, MN10) or another person's (MN08). Only these get a day in 個人番号消去日, which says that
    there was a number: after the others the person is as without one as before (R45)."""
    known = list(people(book))
    anothers = shared_numbers.unusable(known)
    good = {(p.sheet, p.row) for p in known if p.number_state == "ok"} - anothers
    return [item for item in cells if (item.sheet, item.row) in good]


def erased_digits(book: Book, cells: list[DueCell]) -> set[str]:
    """The digits that stand in the cells to be emptied and in no other cell of 個人番号, also as a
    number cell would show them: for ``leftovers`` only, kept in memory for the length of a call."""
    places = {(item.sheet, item.row) for item in cells}
    gone: set[str] = set()
    kept: set[str] = set()
    for row in _with_numbers(book):
        digits = individual_number.compact(row.cells[KEY].value)
        (gone if (row.sheet, row.number) in places else kept).add(digits)
    gone |= {digits.lstrip("0") for digits in gone}
    # A wrong entry of a few digits would be found in half the file.
    return {text for text in gone - kept if text.isdecimal() and len(text) >= 9}


@dataclass
class PurgeResult:
    """The result of ``purge``. years: of keeping; cells: due, or erased when ``written``;
    undated, listed, other: what somebody should look at."""

    book: str
    as_of: dt.date
    years: int
    cells: list[DueCell]
    undated: int = 0
    listed: list[int] = field(default_factory=list)
    other: list[tuple[str, int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: bool = False
    exit_status: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Cells by sheet key."""
        found = Counter(item.sheet for item in self.cells)
        return {key: found[key] for key in ("members", *FILINGS) if found[key]}

    def to_json(self) -> dict:
        """Places and days; no number, whole or in part."""
        sheets = schema().sheets
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "retention_years": self.years,
            "written": self.written,
            "count": len(self.cells),
            "cells": [
                {
                    "sheet": sheets[item.sheet].name,
                    "row": item.row,
                    "completed": item.completed.isoformat(),
                    "until": item.until.isoformat(),
                }
                for item in self.cells
            ],
            "undated": self.undated,
            "not_struck_off": self.listed,
            "elsewhere": [
                {"sheet": sheets[sheet].name, "row": row, "column": sheets[sheet].label(key)}
                for sheet, row, key in self.other
            ],
        }

    def lines(self) -> list[str]:
        """Where, never what."""
        sheets = schema().sheets
        out = [
            f"{sheets[item.sheet].name} {item.row}行目: {item.completed.isoformat()} に完結、"
            f"保存は {item.until.isoformat()} まで"
            for item in self.cells
        ]
        out += [
            f"{sheets[sheet].name} {row}行目「{sheets[sheet].label(key)}」に個人番号らしい12桁が"
            "あります。ご自分で消してください。"
            for sheet, row, key in self.other
        ]
        members = sheets["members"]
        out += [
            f"{members.name} {row}行目: 喪失の届出から{self.years}年を過ぎていますが、"
            f"「{members.label('lost')}」が空か、日付として読めません。記入すると、消去の対象になります。"
            for row in self.listed
        ]
        if self.undated:
            out.append(
                f"届出日が読めないため対象にしていない、{self.years}年より前の届出が"
                f" {self.undated}件 あります。届出日を確かめてください。"
            )
        return [*out, *self.notes, self.summary()]

    def summary(self) -> str:
        """One sentence, and where copies may still be."""
        sheets = schema().sheets
        parts = "、".join(f"{sheets[key].name} {n}件" for key, n in self.counts.items())
        if not self.cells:
            return f"保存期間({self.years}年)を過ぎた個人番号はありません({self.as_of} 現在)。"
        if not self.written:
            return (
                f"保存期間({self.years}年)を過ぎた個人番号が {len(self.cells)}件 あります({parts})。"
                "消去するには --write を付けます。"
            )
        return (
            f"個人番号を {len(self.cells)}件 消去しました({parts})。件数と日付を発行履歴と利用記録に"
            "残しました。消去前のブックの控え(OneDrive・SharePointのバージョン履歴、バックアップ、"
            "メールの添付、暗号化した写し)には残っています。あわせて削除してください。"
        )

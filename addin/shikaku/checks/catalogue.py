"""The catalogue of findings: the one place from which every table of codes is made.

A check is a function over a Context that yields Hits. It is declared with its code, severity,
the columns that it reads, title, message, hint and source; message and hint are templates that
the hit's values fill. What a cell holds is never passed to a template, since a shifted column can
put an individual number anywhere: values are places, counts, days and words of the schema.
"""

import datetime as dt
import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain, repeat
from operator import is_
from typing import TypeAlias, TypeVar, cast

from shikaku.fields import individual_number
from shikaku.fields.individual_number import Examined
from shikaku.identity.register import Register
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry, ledger
from shikaku.model.people import Person, aside, persons
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import BLANK, Book, Cell, Columns, Row, turned

T = TypeVar("T")

PEOPLE = ("members", "acquisition", "dependants", "loss")
"""The four sheets of people, as the checks go through them."""

FILLED_IN = (*PEOPLE, "ledger", "closed_days")
"""The sheets whose cells people type."""

STRUCTURE = ("ST01", "ST02", "ST03")
"""Sheets or columns that are missing, or stand twice."""

FAMILIES = (
    "structure",
    "shifts",
    "required",
    "numbers",
    "shared_numbers",
    "strays",
    "dates",
    "limits",
    "losses",
    "handed_in",
    "names",
    "addresses",
    "certificates",
    "validity",
    "printed",
    "relations",
    "kinship",
    "doubles",
    "ages",
)
"""Modules of this room, a family each, in the catalogue's order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    sheet: sheet key. row: Excel's row, 0 for the sheet as a whole. column: column key, on 設定 the
    setting's key, "" for the whole row. message, hint: for people, with the labels in them.
    """

    code: str
    severity: str
    sheet: str
    row: int
    column: str
    message: str
    hint: str
    source: str

    @property
    def tab(self) -> str:
        """The sheet's name on its tab."""
        return schema().sheets[self.sheet].name

    @property
    def label(self) -> str:
        """The heading of the column or the label in 設定; "" for the whole row."""
        return label_of(self.sheet, self.column)

    @property
    def place(self) -> str:
        """Where it is, for people: 資格取得届 3行目 「氏名」."""
        row = f" {self.row}行目" if self.row else ""
        return f"{self.tab}{row}{f' 「{self.label}」' if self.column else ''}"

    def to_json(self) -> dict[str, str | int]:
        """The object of contract.md §3, with labels."""
        return {
            "code": self.code,
            "severity": self.severity,
            "sheet": self.tab,
            "row": self.row,
            "column": self.label,
            "message": self.message,
            "hint": self.hint,
            "source": self.source,
        }


@cache
def label_of(sheet: str, column: str) -> str:
    """The label of a column key, on 設定 of a setting's key; "" for ""."""
    if not column:
        return ""
    if sheet == "settings":
        return schema().settings[column].label
    return schema().sheets[sheet].label(column)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check yields: sheet key, Excel row (0: the sheet as a whole), column key (on 設定 the
    setting's key, "" = the whole row) and the values for the templates."""

    sheet: str
    row: int
    column: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    severity: str = ""  # overrides the check's own (DT02: a warning for H31.5.1)
    variant: str = ""  # picks another message of the check, by name
    doubts: tuple[str, ...] = ()
    """Columns of the row that the finding calls into question; () its own alone."""
    covers: tuple[str, ...] = ()
    """Columns of the row in which nothing else can be judged: what is found there is left out."""
    also: tuple[int, ...] = ()
    """Further rows of the sheet of which the finding says the same."""


Hits: TypeAlias = Iterator[Hit]
"""What the function of a check gives."""

Run: TypeAlias = Callable[["Context"], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check; ``messages`` holds variants by name ("" is the usual one).

    follows: codes from which its findings may only follow. One is left out where such a code calls
    into question a column of the same row that this check reads: one bad cell, one finding.
    """

    code: str
    severity: str
    columns: tuple[str, ...]
    title: str
    messages: dict[str, str]
    hint: str
    source: str
    run: Run
    follows: tuple[str, ...] = ()


@dataclass
class Context:
    """What checks may look at. ``closed`` are the workbook's closed days."""

    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays
    _memory: dict[Hashable, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, work: Callable[["Context"], T]) -> T:
        """``work(self)``, worked out once for all checks of this run."""
        if work not in self._memory:
            self._memory[work] = work(self)
        return cast(T, self._memory[work])

    def rows(self, *sheets: str) -> Iterator[Row]:
        """Filled rows of the sheets named, those missing left out.

        A row whose input cells are all empty (the template's formulas stand in such rows too)
        is no row: nothing is ever found in it. Nor is a remark below the people (ST14).
        """
        rows = self.once(_sorted_out).rows
        return chain.from_iterable(rows.get(sheet, ()) for sheet in sheets)

    def filled_keys(self, sheet: str) -> list[str]:
        """The columns that people fill in and in which any row of the sheet has a cell, in the order of
        the schema."""
        spec, inputs = schema().sheets[sheet], input_keys(sheet)
        keys = (key for key in (*spec.columns, *spec.extra) if key in inputs)
        return [key for key in keys if not _is_empty(self.column(sheet, key))]

    def columns(self, sheet: str) -> Columns:
        """The rows of a sheet as columns."""
        known = self.once(_columns)
        if sheet not in known:
            known[sheet] = turned(sheet, self.once(_sorted_out).rows.get(sheet, []))
        return known[sheet]

    def column(self, sheet: str, key: str) -> Sequence[Cell]:
        """The cells of a column, by row; BLANK where a row has none, and of a column that the sheet hasn't."""
        blanks = [BLANK] * len(self.once(_sorted_out).rows.get(sheet, []))
        return self.columns(sheet).get(key, blanks)

    def texts(self, sheet: str, key: str) -> list[str]:
        """The texts of a column, by row: to see at a glance whether a check has anything to look for."""
        known = self.once(_texts)
        if (sheet, key) not in known:
            known[sheet, key] = [cell.text for cell in self.column(sheet, key)]
        return known[sheet, key]

    def days(self, sheet: str, key: str) -> list[dt.date | None]:
        """The days of a column, by row, likewise."""
        known = self.once(_days)
        if (sheet, key) not in known:
            known[sheet, key] = [cell.day for cell in self.column(sheet, key)]
        return known[sheet, key]

    def cells(self, sheet: str, key: str) -> Collection[Cell]:
        """The different cells of a column, BLANK among them where a row has none: each object once, since
        readers share one where cells are equal."""
        known = self.once(_different)
        if (sheet, key) not in known:
            known[sheet, key] = {id(cell): cell for cell in self.column(sheet, key)}.values()
        return known[sheet, key]

    def each(
        self, sheet: str, key: str, judge: Callable[[Cell], T | None]
    ) -> Iterator[tuple[Row, T]]:
        """The rows of a sheet with what ``judge`` says of their cell of a column, those left out of
        which it says nothing (None or False)."""
        return (
            (row, word)
            for row, word in zip(self.rows(sheet), self.said(sheet, key, judge), strict=True)
            if word
        )

    def said(self, sheet: str, key: str, judge: Callable[[Cell], T]) -> Iterable[T]:
        """What ``judge`` says of the cells of a column, by row. It is asked once of each different cell, of
        which most columns of thousands of rows have few."""
        column, cells = self.column(sheet, key), self.cells(sheet, key)
        if len(cells) > len(column) * _MOSTLY:
            return map(judge, column)
        said = {id(cell): judge(cell) for cell in cells}
        return map(said.__getitem__, map(id, column))

    def has(self, sheet: str, key: str) -> bool:
        """Whether the sheet is there and has that column."""
        return sheet in self.book.tables and key in self.book.tables[sheet].columns

    @cached_property
    def numbers(self) -> dict[tuple[str, int], Examined]:
        """(sheet key, row) → what stands in 個人番号, for all four sheets of people."""
        found: dict[tuple[str, int], Examined] = {}
        for sheet in PEOPLE:
            cells = self.column(sheet, "individual_number")
            examined = [individual_number.examine(cell.value) for cell in cells]
            found |= zip(((sheet, row.number) for row in self.rows(sheet)), examined, strict=True)
        return found

    @cached_property
    def people(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → Person, for all four sheets of people."""
        found: list[Person] = []
        for sheet in PEOPLE:
            rows = self.once(_sorted_out).rows.get(sheet, [])
            numbers = [self.numbers[sheet, row.number] for row in rows]
            found += persons(sheet, rows, self.columns(sheet), numbers)
        return {(person.sheet, person.row): person for person in found}

    @cached_property
    def register(self) -> Register:
        """The same people, found again."""
        symbol = self.settings.employer_symbol
        single = re.fullmatch(r"[^、,，・/\s]*", symbol) is not None
        return Register(self.people.values(), symbol if single else "")

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """The filled rows of 返納管理."""
        filled = {row.number for row in self.rows("ledger")}
        return [entry for entry in ledger(self.book) if entry.row in filled]


def _is_empty(column: Sequence[Cell]) -> bool:
    """Whether no row has a cell in a column: as a rule the cells are then one and the same BLANK."""
    return all(map(is_, column, repeat(BLANK))) or all(cell == BLANK for cell in column)


def is_blank(row: Row, key: str) -> bool:
    """Whether a cell is empty or holds nothing but spaces. An error cell is not blank."""
    cell = row.cells.get(key)
    return cell is None or cell.blank


def input_keys(sheet: str) -> set[str]:
    """The keys of a sheet's columns that people fill in, in a collected book too."""
    spec = schema().sheets[sheet]
    return {c.key for c in spec.columns.values() if c.type != "formula"} | set(spec.extra)


@dataclass(slots=True)
class _Sorted:
    """rows: the filled rows of each sheet. others: (row, kind, column key) of those that are nobody's."""

    rows: dict[str, list[Row]]
    others: list[tuple[Row, str, str]]


def _sorted_out(context: Context) -> _Sorted:
    found = _Sorted({}, [])
    for sheet in (*PEOPLE, *(key for key in context.book.tables if key not in PEOPLE)):
        table = context.book.tables.get(sheet)
        if table is None:
            continue
        inputs, rows = input_keys(sheet), found.rows.setdefault(sheet, [])
        for row in table.rows:
            nobody = aside(row) if sheet in PEOPLE else None
            if nobody is not None:
                found.others.append((row, *nobody))
            elif any(not cell.blank for key, cell in row.cells.items() if key in inputs):
                rows.append(row)
    return found


def asides(context: Context) -> list[tuple[Row, str, str]]:
    """(row, kind, column key) of the rows that are nobody's (``people.aside``), by sheet and line."""
    return context.once(_sorted_out).others


_MOSTLY = 0.8
"""Where so many cells of a column are different, noting which are would take longer than asking of each."""


def _columns(_: Context) -> dict[str, Columns]:
    return {}


def _texts(_: Context) -> dict[tuple[str, str], list[str]]:
    return {}


def _days(_: Context) -> dict[tuple[str, str], list[dt.date | None]]:
    return {}


def _different(_: Context) -> dict[tuple[str, str], Collection[Cell]]:
    return {}


_CHECKS: dict[str, Check] = {}


def check(
    code: str,
    severity: str,
    *,
    columns: tuple[str, ...],
    title: str,
    message: str,
    hint: str,
    source: str,
    follows: tuple[str, ...] = (),
    **variants: str,
) -> Callable[[Run], Run]:
    """Declare a check.

    severity: error | warning | info; a code has one (H31.5.1 alone weighs less than DT02).
    columns: the keys of the columns that it reads, () for any column. follows: see Check. variants: further messages
    by name, picked by ``Hit.variant``; a variant ``hint_NAME`` replaces the hint of ``NAME``.
    """

    def register(run: Run) -> Run:
        if code in _CHECKS and _CHECKS[code].run.__module__ != run.__module__:
            raise ValueError(f"{code} is declared twice")
        _CHECKS[code] = Check(
            code, severity, columns, title, {"": message, **variants}, hint, source, run, follows
        )
        return run

    return register


def catalogue(families: Sequence[str] = FAMILIES) -> list[Check]:
    """All checks, or those of some families, the families in the order of FAMILIES, in each by code."""
    order: dict[str, int] = {}
    modules = [f"shikaku.checks.{family}" for family in FAMILIES if family in families]
    for module in modules:
        importlib.import_module(module)
    items = [item for item in _CHECKS.values() if item.run.__module__ in modules]
    for item in sorted(items, key=lambda c: modules.index(c.run.__module__)):
        order.setdefault(item.code[:2], len(order))
    return sorted(items, key=lambda c: (order[c.code[:2]], c.code))


_RANK = {"error": 0, "warning": 1, "info": 2}


def of_structure(context: Context) -> list[Finding]:
    """The findings without which no job goes on (ST01–ST03). The other checks stay unread: jobs that find
    nothing else start earlier."""
    items = [item for item in catalogue(("structure",)) if item.code in STRUCTURE]
    return settled([(item, hit) for item in items for hit in item.run(context)])


def run(
    context: Context,
    codes: Iterable[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Run the checks (all, or those named): the findings by sheet, row, severity, code and column,
    each in the schema's order. progress: called with the checks done and their count."""
    return settled(hits(context, codes, progress))


def hits(
    context: Context,
    codes: Iterable[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Check, Hit]]:
    """What the checks yield (all, or those named), in the catalogue's order. progress: as ``run``."""
    wanted = set(codes) if codes is not None else None
    items = [item for item in catalogue() if wanted is None or item.code in wanted]
    found: list[tuple[Check, Hit]] = []
    for done, item in enumerate(items):
        if progress is not None:
            progress(done, len(items))
        found += ((item, hit) for hit in item.run(context))
    return found


def settled(found: list[tuple[Check, Hit]]) -> list[Finding]:
    """The findings that hits come to, in the order of ``run``: those that only follow from another
    are left out."""
    if not found:
        return []
    sheets = {key: i for i, key in enumerate(schema().sheets)}
    columns = {
        (sheet, key): i
        for sheet, spec in schema().sheets.items()
        for i, key in enumerate((*spec.columns, *spec.extra))
    }

    def order(finding: Finding) -> tuple[int, int, int, str, int]:
        column = columns.get((finding.sheet, finding.column), -1)
        return sheets[finding.sheet], finding.row, _RANK[finding.severity], finding.code, column

    return sorted((_finding(item, hit) for item, hit in _independent(found)), key=order)


_ALWAYS = ("ST", "MN17")
"""About columns and sheets as a whole, or about what must not be seen: reported in any case."""


def _independent(found: list[tuple[Check, Hit]]) -> Iterator[tuple[Check, Hit]]:
    """The findings that don't only follow from another one of their row. What follows from a
    finding that is itself left out is left out, too."""
    covered = {(h.sheet, h.row, key) for _, h in found if h.covers for key in h.covers}
    doubts = _doubts(found)
    for item, hit in found:
        place = hit.sheet, hit.row
        if (*place, hit.column) in covered and not item.code.startswith(_ALWAYS):
            continue
        if item.follows and place in doubts and _only_follows(item, hit, doubts[place]):
            continue
        yield item, hit


def _doubts(found: list[tuple[Check, Hit]]) -> dict[tuple[str, int], dict[str, set[str]]]:
    """(sheet, row) → code → the columns that it calls into question, of the codes that others follow."""
    roots = {code for item in catalogue() for code in item.follows}
    doubts: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(dict)
    for item, hit in found:
        if item.code in roots:
            for number in (hit.row, *hit.also):
                row = doubts[hit.sheet, number]
                row.setdefault(item.code, set()).update(hit.doubts or (hit.column,))
    return doubts


def _only_follows(item: Check, hit: Hit, doubts: Mapping[str, set[str]]) -> bool:
    doubtful = {column for code in item.follows for column in doubts.get(code, ())}
    return bool(doubtful & {hit.column, *item.columns})


def _finding(item: Check, hit: Hit) -> Finding:
    message = item.messages[hit.variant]
    hint = item.messages.get(f"hint_{hit.variant}", item.hint) if hit.variant else item.hint
    if "{" in message or "{" in hint:
        values = {
            "sheet": schema().sheets[hit.sheet].name,
            "row": hit.row,
            "column": label_of(hit.sheet, hit.column),
            **hit.values,
        }
        message, hint = message.format_map(values), hint.format_map(values)
    severity = hit.severity or item.severity
    return Finding(item.code, severity, hit.sheet, hit.row, hit.column, message, hint, item.source)


def column_labels(item: Check) -> list[str]:
    """The Japanese labels of the columns that a check reads, without repetition."""
    sheets, settings = schema().sheets.values(), schema().settings
    labels = []
    for key in item.columns:
        label = next(
            (s.label(key) for s in sheets if key in s.columns or key in s.extra),
            settings[key].label if key in settings else key,
        )
        labels.append(label)
    return list(dict.fromkeys(labels))


def table_markdown() -> str:
    """The catalogue as a Markdown table in Japanese: for README and ``check --list``."""
    lines = ["| コード | 重大度 | 見つけること | 見る項目 | 根拠 |", "|---|---|---|---|---|"]
    severities = schema().lists["severity"]
    for item in catalogue():
        columns = "・".join(column_labels(item)) or "すべての項目"
        cells = (item.code, severities[item.severity], item.title, columns, item.source)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"

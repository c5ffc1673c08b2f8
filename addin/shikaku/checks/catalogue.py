"""The catalogue of findings: the one place from which every table of codes is made.

A check is a function over a Context that yields Hits. It is declared with its code, severity,
the columns that it reads, title, message, hint and source; message and hint are templates that
the hit's values fill. What a cell holds is never passed to a template, since a shifted column can
put an individual number anywhere: values are places, counts, days and words of the schema.
"""

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from shikaku.checks.context import Context
from shikaku.model.schema import schema

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
    to_employer: both in the words of who filed the row, "" where they are the same.
    """

    code: str
    severity: str
    sheet: str
    row: int
    column: str
    message: str
    hint: str
    source: str
    to_employer: str = ""

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

Run: TypeAlias = Callable[[Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check; ``messages`` holds variants by name ("" is the usual one), ``to_employer`` the
    same in the words of who files: without the insurer's sheets and rows, which nobody else has.

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
    to_employer: Mapping[str, str] = field(default_factory=dict)


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
    to_employer: Mapping[str, str] = MappingProxyType({}),
    **variants: str,
) -> Callable[[Run], Run]:
    """Declare a check.

    severity: error | warning | info; a code has one (H31.5.1 alone weighs less than DT02).
    columns: the keys of the columns that it reads, () for any column. follows: see Check. variants: further messages
    by name, picked by ``Hit.variant``; a variant ``hint_NAME`` replaces the hint of ``NAME``.
    to_employer: those that a letter to the employer says otherwise, by the same names ("", "hint").
    """

    def register(run: Run) -> Run:
        if code in _CHECKS and _CHECKS[code].run.__module__ != run.__module__:
            raise ValueError(f"{code} is declared twice")
        messages = {"": message, **variants}
        _CHECKS[code] = Check(
            code, severity, columns, title, messages, hint, source, run, follows, to_employer
        )
        return run

    return register


def catalogue(families: Sequence[str] = FAMILIES) -> list[Check]:
    """All checks, or those of some families, the families in the order of FAMILIES, in each by code."""
    return list(_sorted(tuple(family for family in FAMILIES if family in families)))


@cache
def _sorted(families: tuple[str, ...]) -> list[Check]:
    order: dict[str, int] = {}
    modules = [f"shikaku.checks.{family}" for family in families]
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
    texts = {**item.messages, "hint": item.hint}
    message, hint = _worded(texts, hit)
    words = "".join(_worded({**texts, **item.to_employer}, hit)) if item.to_employer else ""
    severity = hit.severity or item.severity
    return Finding(
        item.code, severity, hit.sheet, hit.row, hit.column, message, hint, item.source, words
    )


def _worded(texts: Mapping[str, str], hit: Hit) -> tuple[str, str]:
    """Message and hint of a hit. texts: by name of the variant, ``hint_NAME`` and ``hint``."""
    message = texts[hit.variant]
    hint = texts.get(f"hint_{hit.variant}", texts["hint"]) if hit.variant else texts["hint"]
    if "{" in message or "{" in hint:
        values = {
            "sheet": schema().sheets[hit.sheet].name,
            "row": hit.row,
            "column": label_of(hit.sheet, hit.column),
            **hit.values,
        }
        message, hint = message.format_map(values), hint.format_map(values)
    return message, hint


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

"""The cases of ``tests/cases/checks/``: a sentence, rows, a day, and exactly what must be found.

A case (``[[case]]`` of a family's file)::

    name = "…"                        one sentence, the test's name
    register = ["ichiro"]             people who stand on 加入者台帳, before the case's own rows there
    rows.loss = [{who = "ichiro", "退職等年月日" = 2026-03-31}]
    sheets.loss = {without = ["left"], double = ["氏名"], merged = ["C3:C5"], header = 3, order = […],
                   extra = ["receipt_no"]}
                   own = ["フリガナ"]}    headings that aren't ours
    sheets.settings = {double = ["基準日"]}  items that a last row has with another value
    missing = ["ledger"]              sheets that aren't there
    form = "0.1"                      様式の版
    unread = {"資格取得届 (2)" = "acquisition"}  copies of sheets of ours, and of which
    settings = {roll = "none"}        schema keys, English list keys
    closed = [2026-04-13]             the days of 休日 (default: the built-in ones)
    as_of = 2026-04-15
    expect = ["DL02 資格喪失届 2 届出日"]  code, tab, row, label ("-": whole row); then the severity if it
                                      isn't the code's own, and #name of the message if it isn't
                                      the usual one. Nothing else may be found, of any code.
    clean = ["DL03"]                  codes on whose other side of the boundary the case stands

Rows begin in Excel's row 2 (``_row`` says another, ``_hidden`` hides it, ``_struck`` strikes it through). A row is the sheet's
faultless row of base.toml, the person ``who``, and what the case says, by label or key; "" empties a
cell. A value may be a table: {error = "#N/A"}, {value = …, formula = true, format = "0000"}.
"""

import datetime as dt
import re
import string
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import case_files
from books import cell
from case_files import load
from shikaku.checks.catalogue import Finding, catalogue, run
from shikaku.checks.context import Context
from shikaku.law.closed_days import ClosedDays, built_in
from shikaku.model import settings as settings_module
from shikaku.model.schema import schema
from shikaku.model.tables import Book, Row, Table

Found = tuple[str, str, int, str, str, str]
"""Code, tab, row, label, severity, name of the message."""


@dataclass(frozen=True)
class Case:
    """One case; see the module's docstring."""

    family: str
    name: str
    expect: list[str]
    clean: list[str] = field(default_factory=list)
    rows: dict[str, list[dict]] = field(default_factory=dict)
    register: list[str] = field(default_factory=list)
    sheets: dict[str, dict] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    settings: dict = field(default_factory=dict)
    closed: list[dt.date] | None = None
    as_of: dt.date | None = None
    form: str | None = None
    unread: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.family}: {self.name}"

    @property
    def expected(self) -> Counter[Found]:
        """The findings that must be there, and no others."""
        own = {check.code: check.severity for check in catalogue()}
        found = Counter()
        for text in self.expect:
            code, sheet, row, label, *rest = text.split()
            label = "" if label == "-" else label
            severity = [word for word in rest if word[0] != "#"] or [own[code]]
            variant = [word[1:] for word in rest if word[0] == "#"] or [""]
            found[code, sheet, int(row), label, *severity, *variant] += 1
        return found

    def book(self) -> Book:
        """The workbook in memory."""
        base = _base()
        book = Book("cases.xlsx")
        book.missing_sheets = list(self.missing)
        book.form = self.form
        book.unread = [(key, tab) for tab, key in self.unread.items()]
        settings = base["settings"] | self.settings
        for number, key in enumerate(schema().settings, start=2):
            book.setting_rows[key] = number
            if key in settings:
                book.settings[key] = cell(_choice(schema().settings[key].list, settings[key]))
        keys = {item.label: key for key, item in schema().settings.items()}
        twice = self.sheets.get("settings", {}).get("double", ())
        book.double_settings = {keys[label]: len(keys) + 2 for label in twice}
        for key, spec in schema().sheets.items():
            if spec.columns and key not in self.missing:
                book.tables[key] = self._table(key)
        unknown = set(self.rows) - set(schema().sheets)
        assert not unknown, unknown
        return book

    def _table(self, key: str) -> Table:
        spec, look = schema().sheets[key], self.sheets.get(key, {})
        table = Table(spec, header_row=look.get("header", 1))
        order = look.get("order", list(spec.columns))
        table.columns = {
            name: number
            for number, name in enumerate(order, start=1)
            if name not in look.get("without", ())
        }
        table.columns |= {k: len(order) + n for n, k in enumerate(look.get("extra", ()), 1)}
        own = enumerate(look.get("own", ()), start=len(order) + 1)
        table.unknown_labels = {label: number for number, label in own}
        table.merged = list(look.get("merged", ()))
        keys = {column.label: key for key, column in spec.columns.items()}
        table.duplicate_columns = [keys[label] for label in look.get("double", ())]
        number = table.header_row
        rows = [{"who": who} for who in self.register] if key == "members" else []
        for values in (*rows, *self.rows.get(key, ())):
            number = values.get("_row", number + 1)
            table.rows.append(_row(key, number, values, table.columns))
            table.last_row = number
        return table

    def context(self) -> Context:
        """What the checks look at."""
        days = _built_in() if self.closed is None else {d: "休業日" for d in self.closed}
        book = self.book()
        settings = settings_module.read(book)
        closed = ClosedDays(days, saturday_closed=settings.saturday == "closed")
        return Context(book, settings, self.as_of or _base()["as_of"], closed)

    def run(self) -> list[Finding]:
        """Every finding of every check."""
        return run(self.context())

    def numbers(self) -> set[str]:
        """The digits that stand in the cells of 個人番号, for tests that look for them elsewhere."""
        cells = (
            row.cell("individual_number").text
            for table in self.book().tables.values()
            for row in table.rows
        )
        digits = ("".join(filter(str.isdecimal, text)) for text in cells)
        return {text for text in digits if len(text) >= 8}


@cache
def _built_in() -> dict[dt.date, str]:
    """Looked up once: it takes as long as all checks of a case."""
    return built_in(2024, 2031)


@cache
def _base() -> dict:
    return load("checks/base")


def _row(sheet: str, number: int, values: dict, present: dict[str, int]) -> Row:
    spec = schema().sheets[sheet]
    keys = {c.label: c.key for c in (*spec.columns.values(), *spec.extra.values())}
    base, who = _base(), values.get("who")
    person = base["people"][who] if who else {}
    full = {} if values.get("_bare") else dict(base["rows"][sheet])
    full |= {key: value for key, value in person.items() if key in spec.columns}
    hidden = bool(values.get("_hidden"))
    for label, value in values.items():
        if label != "who" and not label.startswith("_"):
            key = keys.get(label, label)
            assert key in spec.columns or key in spec.extra, f"{sheet} has no {label}"
            full[key] = value
    cells = {
        key: cell(value)
        for key, value in full.items()
        if value != "" and _there(key, present, spec)
    }
    return Row(sheet, number, cells, hidden, bool(values.get("_struck")))


def _choice(list_name: str, value):
    return schema().lists[list_name][value] if list_name else value


def _there(key: str, present: dict[str, int], spec) -> bool:
    return key in present or key in spec.extra


@cache
def cases() -> list[Case]:
    """All cases, file by file."""
    found = []
    for place in case_files.places():
        room, _, family = place.partition("/")
        if room == "checks":
            found += [Case(family, **case) for case in case_files.cases(place)]
    return found


def found(findings: list[Finding]) -> Counter[Found]:
    """Findings in the form of ``Case.expected``."""
    return Counter((f.code, f.tab, f.row, f.label, f.severity, variant_of(f)) for f in findings)


@cache
def _templates() -> dict[str, list[tuple[str, re.Pattern]]]:
    """Code → (name, pattern) of its messages, the one with the most text of its own first."""
    return {
        check.code: sorted(
            (
                (name, _pattern(text))
                for name, text in check.messages.items()
                if "hint_" not in name
            ),
            key=lambda pair: -len(pair[1].pattern),
        )
        for check in catalogue()
    }


def _pattern(template: str) -> re.Pattern:
    parts = string.Formatter().parse(template)
    return re.compile("".join(re.escape(text) + (".+" if key else "") for text, key, _, _ in parts))


def variant_of(finding: Finding) -> str:
    """The name of the message that a finding shows ("" the usual one)."""
    patterns = _templates()[finding.code]
    return next(name for name, pattern in patterns if pattern.fullmatch(finding.message))


def counts() -> dict[str, tuple[int, int]]:
    """Code → (cases that must find it, cases that must not)."""
    table = {check.code: [0, 0] for check in catalogue()}
    for case in cases():
        for code in {text.split()[0] for text in case.expect}:
            table[code][0] += 1
        for code in case.clean:
            table[code][1] += 1
    return {code: (must, must_not) for code, (must, must_not) in table.items()}


def counts_markdown() -> str:
    """The table of cases per code, for tests/README.md."""
    lines = ["| コード | 見つけること | 見つける事例 | 見つけない事例 |", "|---|---|---:|---:|"]
    table = counts()
    for check in catalogue():
        must, must_not = table[check.code]
        lines.append(f"| {check.code} | {check.title} | {must} | {must_not} |")
    total = [sum(pair[i] for pair in table.values()) for i in (0, 1)]
    lines.append(f"| 計 | {len(table)}コード、{len(cases())}事例 | {total[0]} | {total[1]} |")
    return "\n".join(lines) + "\n"

"""Dated parameters: what held on a day, by what source, and whether it was fixed already.

A file ``law/<theme>.toml`` has a table for each parameter::

    [small_share]
    description = "what it is"
    unit = "days"                    # optional
    [[small_share.values]]
    from = 2024-12-02                # the first day on which this holds
    value = 5                        # any TOML value; without it: repealed, nothing holds from here
    status = "確定"                  # or "予定": announced, may still change (R1)
    source = "健保則24条1項"          # the most official source at hand, or the rule R… of the guide
    note = "…"                       # optional, for people only
    newest = 2025-07-16              # optional: the day of the newest page that was found for it

Its name is ``theme.parameter``. Values are in the order of their days. What was announced first
and fixed later has two entries with the same value, so that ``on`` a day gives the status of that
day: letters print 「(予定)」 only as long as it was one.

>>> import datetime as dt
>>> value("notice.base_day", dt.date(2026, 4, 15))
datetime.date(2024, 8, 30)
>>> value("certificate.bulk_issue", dt.date(2024, 1, 1)) is None
True
>>> entry("certificate.bulk_issue", dt.date(2025, 4, 1)).status
'予定'
"""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

PLANNED, FIXED = "予定", "確定"

THEMES = ("ages", "certificate", "dependants", "filing", "notice", "returns", "voluntary")
"""The files of this room."""


SOUGHT_ON = dt.date(2026, 11, 29)
"""The day on which the newest sources were last looked for."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One dated value. ``value`` None: repealed from ``since`` on. ``newest``: the day of the newest
    page found that says so, None where none was looked for."""

    name: str
    value: Any
    since: dt.date
    status: str
    source: str
    newest: dt.date | None = None

    @property
    def planned(self) -> bool:
        """Announced only (予定): it may still change (R1)."""
        return self.status == PLANNED


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with its history, oldest value first."""

    name: str
    description: str
    unit: str
    entries: tuple[DatedValue, ...]


@cache
def all_parameters() -> dict[str, Parameter]:
    """Every parameter by name, in the files' order. Raises ValueError for broken data."""
    found = {}
    for theme in THEMES:
        path = Path(__file__).with_name(f"{theme}.toml")
        for key, item in tomllib.loads(path.read_text("utf-8")).items():
            name = f"{theme}.{key}"
            entries = tuple(
                DatedValue(
                    name,
                    values.get("value"),
                    values["from"],
                    values["status"],
                    values["source"],
                    values.get("newest"),
                )
                for values in item["values"]
            )
            days = [e.since for e in entries]
            if days != sorted(set(days)) or any(e.status not in (PLANNED, FIXED) for e in entries):
                raise ValueError(name)
            found[name] = Parameter(name, item["description"], item.get("unit", ""), entries)
    return found


@lru_cache(maxsize=65536)  # asked of each member's own days
def entry(name: str, on: dt.date) -> DatedValue | None:
    """What held on a day; None before the first entry. Raises KeyError for an unknown name."""
    return next((e for e in reversed(all_parameters()[name].entries) if e.since <= on), None)


@lru_cache(maxsize=65536)
def value(name: str, on: dt.date) -> Any:  # of the type that the file gives it
    """The value that held on a day; None before its first day and once repealed.

    Raises KeyError for an unknown name.
    """
    found = entry(name, on)
    return found.value if found else None


@cache
def constant(name: str) -> Any:  # likewise
    """The value of a parameter that has never changed, whatever the day.

    Raises KeyError for an unknown name, ValueError for a parameter with a history: whoever asks
    must then say which day is meant.

    >>> constant("ages.leaving")
    75
    """
    entries = all_parameters()[name].entries
    if len(entries) != 1:
        raise ValueError(name)
    return entries[0].value


@cache
def count(name: str) -> int:
    """``constant``, a number of days, months or years.

    >>> count("filing.soon_days")
    3
    """
    return int(constant(name))


def day(name: str) -> dt.date:
    """``constant``, a day. Raises TypeError for another kind of value.

    >>> day("certificate.starts")
    datetime.date(2024, 12, 2)
    """
    found = constant(name)
    if not isinstance(found, dt.date):
        raise TypeError(name)
    return found


def sources_markdown() -> str:
    """The entries whose newest source is known, as a Markdown table in Japanese. A source that was
    older than a year when it was looked for is marked."""
    lines = ["| 項目 | いつから | 状態 | 出典 | 確かめた資料の日付 |", "|---|---|---|---|---|"]
    for parameter in all_parameters().values():
        for item in parameter.entries:
            if item.newest is None:
                continue
            old = (SOUGHT_ON - item.newest).days > 365
            seen = f"{item.newest.isoformat()}{' (1年より古い)' if old else ''}"
            day = item.since.isoformat()
            lines.append(
                f"| {parameter.description} | {day} | {item.status} | {item.source} | {seen} |"
            )
    return "\n".join(lines) + "\n"

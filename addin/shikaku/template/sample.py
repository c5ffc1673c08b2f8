"""Fictitious people: the sample workbook's, written by hand, and any number made by rule.

No name, address or number in here is anybody's: addresses name places that don't exist, telephone
numbers begin with 00, and individual numbers begin with 000000.
"""

import datetime as dt
import random
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from shikaku.fields import individual_number
from shikaku.model.schema import schema
from shikaku.system.resources import folder
from shikaku.template.content import Content, Value

_NUMBER_STEP = 37
"""From one test number to the next; neighbours must not look like a fill-handle series (MN11)."""


def fictitious_number(index: int) -> str:
    """The test number of an index from 0 to 2,702: 000000…, with its check digit.

    >>> fictitious_number(0), fictitious_number(1)
    ('000000000370', '000000000744')
    """
    eleven = f"{(index + 1) * _NUMBER_STEP:011d}"
    return eleven + individual_number.calc_check_digit(eleven)


@cache
def _data() -> dict:
    return tomllib.loads((folder("workbooks") / "sample.toml").read_text("utf-8"))


def load() -> Content:
    """The people of ``workbooks/sample.toml`` as rows and settings, ready to be written.

    A row with the ``id`` of an earlier row is the same human being: what it doesn't say itself
    comes from there. ``individual_number = "auto"`` is the test number of that human being.
    Choices are the schema's English keys; any other text is written as it stands.
    """
    data = _data()
    settings = {
        key: _choice(schema().settings[key].list, value) for key, value in data["settings"].items()
    }
    people: dict[str, dict] = {}
    rows: dict[str, list[Mapping[str, Value]]] = {}
    hidden: dict[str, list[int]] = {}
    for sheet, items in data["rows"].items():
        columns = schema().sheets[sheet].columns
        rows[sheet] = []
        for item in items:
            known = people.get(item.get("id", ""), {})
            full = data["defaults"].get(sheet, {}) | _household(people, item) | known | item
            person = item.get("id") or f"{sheet}:{len(rows[sheet])}"
            people[person] = {k: v for k, v in (full | known).items() if k in _WHO}
            if full.get("individual_number") == "auto":
                index = list(people).index(person)
                full["individual_number"] = fictitious_number(index)
            if item.get("hidden"):
                hidden.setdefault(sheet, []).append(len(rows[sheet]))
            rows[sheet].append(
                {
                    key: _choice(column.list, full[key])
                    for key, column in columns.items()
                    if full.get(key, "") != ""
                }
            )
    return Content(rows, settings, hidden)


def _household(people: Mapping[str, Mapping], item: Mapping) -> dict:
    """What a dependant shares with the insured."""
    if "of" not in item:
        return {}
    insured = people[item["of"]]
    shared = ("symbol", "number", "postal_code", "address", "department")
    kind = "voluntary_dependant" if insured["kind"] == "voluntary" else "dependant"
    found = {key: insured[key] for key in shared if key in insured}
    return found | {"kind": kind, "insured_name": insured["name"]}


_WHO = frozenset(
    (
        *("symbol", "number", "branch", "kind", "name", "kana", "birth", "sex", "relationship"),
        *("postal_code", "address", "department", "individual_number", "insured_name"),
    )
)
"""What a human being's row hands on to the next row of the same id."""


def _choice(list_name: str, value: Value) -> Value:
    if not list_name or not isinstance(value, str):
        return value
    return schema().lists[list_name].get(value, value)


def generate(n: int, seed: int = 1) -> Iterator[dict[str, Value]]:
    """``n`` synthetic people by schema key, the same for the same seed: clean rows that any of the
    four sheets of people can take (each takes the keys that it has).

    Individual numbers begin with 000000 and have the right check digit; above 2,700 people they
    come again.
    """
    dice = random.Random(seed)
    lists, parts = schema().lists, _data()["generated"]
    for index in range(n):
        sex = dice.choice(("male", "female"))
        family, family_kana = dice.choice(parts["family"]).split()
        given, given_kana = dice.choice(parts[sex]).split()
        acquired = dt.date(2026, 3, 1) + dt.timedelta(dice.randrange(75))
        filed = acquired + dt.timedelta(dice.randrange(9)) if dice.random() < 0.7 else None
        status = dice.choice(list(lists["myna_status"].values()))
        row: dict[str, Value] = {
            "event": lists["event"]["added"],
            "symbol": "1201",
            "number": f"{index + 1:05d}",
            "branch": "00",
            "kind": lists["kind"]["insured"],
            "insured_name": f"{family} {given}",
            "name": f"{family} {given}",
            "kana": f"{family_kana} {given_kana}",
            "birth": dt.date(1955, 1, 1) + dt.timedelta(dice.randrange(18000)),
            "sex": lists["sex"][sex],
            "relationship": "長男" if sex == "male" else "長女",
            "individual_number": fictitious_number(index % 2700),
            "living": lists["living"]["together"],
            "postal_code": "100-9990",
            "address": f"東京都青葉区架空町{dice.randrange(1, 9)}-{dice.randrange(1, 30)}",
            "department": dice.choice(parts["department"]),
            "acquired": acquired,
            "event_date": acquired,
            "left": acquired - dt.timedelta(1),
            "lost": acquired,
            "cause": lists["loss_cause"]["leaving"],
            "myna_status": status,
            "status_checked": acquired,
            "want": lists["want"]["no"],
        }
        if filed:
            row["filed"] = filed
        yield row


def for_sheet(sheet: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a generated row that a sheet has columns for."""
    return {key: value for key, value in row.items() if key in schema().sheets[sheet].columns}

"""The cases of ``tests/cases/decisions/`` as Python values: people, settings.

A case's person has the keys of ``Person``; what is left out comes from the file's [defaults]. TOML
has no None: an empty string stands for it.
"""

import dataclasses
import datetime as dt
import re

import books
import case_files
from case_files import load
from shikaku.decisions import everybody
from shikaku.model.ledger import CardFace, LedgerEntry
from shikaku.model.people import Person
from shikaku.model.settings import Settings

TEXTS = ("symbol", "number", "branch", "name", "kana", "relationship", "postal_code", "address")


def cases(theme: str, of: str | None = None) -> list[dict]:
    """The cases of a rule (those of one kind), each with the file's defaults filled in."""
    place = f"decisions/{theme}"
    defaults = load(place).get("defaults", {})
    found = []
    for case in case_files.cases(place, of):
        merged = {**defaults, **case}
        for key, value in defaults.items():
            if isinstance(value, dict) and key in case:
                merged[key] = {**value, **case[key]}
        found.append(merged)
    return found


def person(values: dict) -> Person:
    """A person from a case; fields left out are empty."""
    fields = {}
    for spec in dataclasses.fields(Person):
        if spec.default is not dataclasses.MISSING:
            continue
        fields[spec.name] = "" if spec.type in ("str", str) else None
    fields |= {"row": 2, "old_card": False, "kind": "insured", "name": "健保 太郎"}
    fields |= {"symbol": "101", "number": "1"}
    for key, value in values.items():
        fields[key] = None if value == "" and key not in TEXTS else value
    return Person(**fields)


def card(values: dict) -> LedgerEntry:
    """A row of 返納管理 from a case; fields left out are empty. printed: what 発行履歴 says of it."""
    texts = (*TEXTS[:4], "control_no", "department", "next_action", "remarks")
    fields = {
        spec.name: "" if spec.name in texts else None
        for spec in dataclasses.fields(LedgerEntry)
        if spec.default is dataclasses.MISSING
    }
    fields |= {"row": 2, "document": "certificate", "reminders": 0}
    fields |= {k: None if v == "" and k not in texts else v for k, v in values.items()}
    if face := values.get("printed"):
        blank = {"symbol": "", "number": "", "branch": "", "name": "", "birth": None, "sex": None}
        fields["printed"] = CardFace(**blank | face)
    return LedgerEntry(**fields)


def settings(values: dict | None) -> Settings:
    """The default settings with those of the case."""
    return Settings(**(values or {}))


ARTICLE = re.compile(r"(健保法|健保則|高齢者医療確保法)\d+条(\d+号)?")
"""An article of law, as decisions cite it beside the guide's rules."""


def rules_exist(rules: tuple[str, ...]) -> None:
    """Hold what a decision cites: each a rule of the guide, one of its readings or an article, once."""
    assert all(rule in load("rules") or ARTICLE.fullmatch(rule) for rule in rules), rules
    assert len(rules) == len(set(rules))


def is_one_sentence(text: str) -> bool:
    """Ends with the only 。, and holds nothing like an individual number, no word that is missing (None)
    and no key in place of a Japanese word."""
    spoilt = re.search(r"\d{5}|[A-Za-z]{2}", text)
    return text.endswith("。") and text.count("。") == 1 and not spoilt


SHEETS = ("members", "acquisition", "dependants", "loss", "ledger")
PERSON = (
    *("kind", "department", "employer", "postal_code", "address", "kana", "birth", "sex"),
    *("relationship", "insured_name", "filed", "e_certificate_expiry", "burden_share"),
)


def decide(
    sheets: dict, as_of: dt.date, base: dict, values: dict | None = None
) -> list[everybody.Decision]:
    """``decide_all`` of a case's rows over the file's base rows; values: 設定."""
    rows = {key: [{**base[key], **row} for row in sheets[key]] for key in SHEETS if key in sheets}
    return everybody.decide_all(books.book(rows), settings(values), as_of, books.closed_days())


def everybody_case(case: dict, base: dict) -> None:
    """Hold a case of whole workbooks against ``decide_all``."""
    found = decide(case, case["as_of"], base, case.get("settings"))
    places = [(at, d) for d in found for at in ((d.person.sheet, d.person.row), *d.also)]
    by_place = dict(places)
    assert len(by_place) == len(places)
    if "order" in case:
        assert [[d.person.sheet, d.person.row] for d in found] == case["order"]
    for expected in case["gives"]:
        decision = by_place[tuple(expected["at"])]
        rules_exist(decision.rules)
        assert is_one_sentence(decision.why)
        actual = decision.to_json() | {
            "lost": decision.person.lost,
            **{key: getattr(decision.person, key) for key in PERSON},
            "cover_end": decision.cover_end,
            "usable_from": decision.expected_use and decision.expected_use.day,
            "burden_from": decision.burden and decision.burden.effective,
            "differences": sorted(d.column for d in decision.differences),
            "expiry": decision.certificate.expiry,
            "also": [list(at) for at in decision.also],
        }
        for key, value in expected.items():
            if key == "rules":
                assert set(value) <= set(actual["rules"])
            elif key == "not_rules":
                assert not set(value) & set(actual["rules"])
            elif key == "articles":
                assert [rule for rule in decision.rules if rule[0] not in "RC"] == value
            elif key != "at":
                assert (actual[key] or "" if value == "" else actual[key]) == value, key

"""The sample's people show every rule, are nobody's, and are the same each time."""

import datetime as dt
import re

import pytest
from shikaku.checks import catalogue
from shikaku.fields import individual_number, postal_code
from shikaku.jobs.case import Case
from shikaku.law import age
from shikaku.live import columns, row_faults
from shikaku.model.schema import schema
from shikaku.returns.ledger import update
from shikaku.template import builder, sample
from shikaku.workbook.closed_file import ClosedBook

IMPOSSIBLE = {
    "ST01": "a sheet is missing: the workbook stops being readable",
    "ST02": "a required column is missing: likewise",
    "ST03": "a label twice: Excel's tables don't allow it",
    "ST04": "a column is missing that the contract's workbook has",
    "ST07": "merged cells: Excel's tables don't allow them",
    "ST13": "a formula never worked out: whoever opens the sample has it worked out",
    "ST14": "a remark among the people, which 表紙 counts as a row that is not complete",
    "ST16": "a copied sheet, which stops the submission of all others",
    "ST17": "a struck line, which stops the submission of all others",
    "ST15": "an older form: the sample is a new workbook",
    "RQ05": "an empty line of 設定 that every letter of the sample prints",
    "RQ06": "a wrong 保険者番号, which every letter of the sample prints",
    "KK13": "old cards are good no longer on the sample's day",
    "KK19": "a row that somebody has deleted: the first run puts it back",
    "KK14": "a 有効期限 in the past, which every certificate of the sample prints",
}
"""Codes that the sample can't hold, and why."""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "sample.xlsx"
    builder.build(path, sample=True)
    return Case.load(ClosedBook(path))


def cells(content, *sheets):
    for sheet in sheets or content.rows:
        for row in content.rows.get(sheet, ()):
            yield from row.items()


def test_every_finding_code_has_an_instance(case):
    found = {finding.code for finding in case.findings}
    missing = {check.code for check in catalogue.catalogue()} - found
    assert missing == IMPOSSIBLE.keys()


def test_most_rows_are_in_order(case):
    """A sample of errors only would show nobody what a filing should look like."""
    for sheet in ("members", "acquisition", "dependants", "loss"):
        wrong = {f.row for f in case.findings if f.sheet == sheet and f.severity == "error"}
        assert len(wrong) < len(case.book.tables[sheet].rows) * 0.6, sheet


def test_sixty_people_of_every_kind():
    content = sample.load()
    people = {
        (row.get("name"), row.get("birth"))
        for sheet in ("members", "acquisition", "dependants", "loss")
        for row in content.rows[sheet]
    }
    assert len(people) >= 60
    lists = schema().lists
    for key in ("kind", "myna_status", "want", "want_reason", "loss_cause", "event", "old_card"):
        column = {"loss_cause": "cause"}.get(key, key)
        typed = {value for name, value in cells(content) if name == column}
        assert set(lists[key].values()) <= typed, key
    assert {"要", "否", "未定"} == {r.get("required") for r in content.rows["ledger"]}
    departments = {value.split()[0] for key, value in cells(content) if key == "department"}
    assert {"本社", "横浜工場"} <= departments
    assert {"髙", "﨑", "𠮷"} <= set("".join(str(v) for k, v in cells(content) if k == "name"))


def test_births_retirements_deaths_and_birthdays():
    content = sample.load()
    as_of = content.settings["as_of"]
    reasons = {value for key, value in cells(content, "dependants") if key == "event_reason"}
    assert "出生" in reasons
    births = [row["birth"] for row in content.rows["members"]]
    window = range(0, 91)
    assert any((age.attains(birth, 70) - as_of).days in window for birth in births)
    assert any((age.birthday(birth, 75) - as_of).days in window for birth in births)


def test_certificates_in_and_out_of_validity(case):
    states = {columns.ledger_state(row, case.as_of) for row in case.book.tables["ledger"].rows}
    assert states == set(schema().lists["return_state"].values())


def test_the_ledger_is_what_returns_makes_of_it(case):
    """A first `returns` finds a ledger that is up to date: nothing to add, nothing to change."""
    plan = update(case.book, case.settings, case.as_of, case.closed)
    assert plan.added == 0 and not plan.changes
    shown = [columns.ledger_state(row, case.as_of) for row in case.book.tables["ledger"].rows]
    assert [item["state"] for item in plan.items()] == shown


def test_nobodys_numbers_addresses_and_telephones():
    content = sample.load()
    faults = {"123456789018", "4000000000005"}  # a published example; a 法人番号 of zeros
    for key, value in cells(content):
        if key == "individual_number" and str(value)[:1].isdecimal():
            digits = individual_number.compact(value).zfill(12)
            assert digits.startswith("000000") or digits in faults
        if key == "postal_code" and postal_code.is_valid(value):
            assert re.fullmatch(r"\d{3}-999\d", value)
        if key == "address" and value.startswith(("東京", "神奈川", "埼玉", "大阪")):
            assert re.search("青葉区|みなと市|川北市|北浜市", value)
    assert content.settings["insurer_phone"].startswith("00-")


def test_made_people_are_the_same_each_time_and_clean():
    people = list(sample.generate(300, seed=4))
    assert people == list(sample.generate(300, seed=4)) != list(sample.generate(300, seed=5))
    assert len({row["individual_number"] for row in people}) == 300
    assert all(row["individual_number"].startswith("000000") for row in people)
    rows = {
        sheet: [sample.for_sheet(sheet, row) for row in people]
        for sheet in ("acquisition", "dependants", "loss")
    }
    content = builder.Content(rows, {"as_of": dt.date(2026, 4, 15)})
    cached, _ = builder.live_values(
        builder.Content(
            {**rows, "closed_days": [{"date": day} for day in builder.closed_days()]},
            content.settings,
        )
    )
    for sheet in rows:
        assert {values["input_check"] for values in cached[sheet]} == {row_faults.OK}
        assert {values["number_check"] for values in cached[sheet]} == {columns.NUMBER_WORDS["ok"]}

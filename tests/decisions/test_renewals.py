"""Certificates that run out, from workbooks in memory; what ``renewals`` prints is held in tests/jobs."""

import datetime as dt

import books
import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.decisions.renewals import renewals

BASE = load("decisions/renewals")["base"]
SETTINGS = {"certificate_expiry": dt.date(2030, 11, 30), "renewal_days": 30}
DAY = dt.date(2026, 4, 15)


def filled(sheet: str, n: int, row: dict) -> dict:
    """A row of a case over the base; a blank takes a base value away."""
    own = {"number": str(n)} | ({"control_no": f"K{n:05}"} if sheet == "ledger" else {})
    base = BASE["members" if sheet == "acquisition" else sheet]
    columns = books.schema().sheets[sheet].columns
    values = {k: v for k, v in (base | own).items() if k in columns} | row
    return {key: value for key, value in values.items() if value != ""}


@pytest.mark.parametrize("case", cases("decisions/renewals"), ids=by_name)
def test_renewals(case):
    rows = {
        sheet: [filled(sheet, n, row) for n, row in enumerate(given, 1)]
        for sheet, given in case["rows"].items()
    }
    settings = data.settings(SETTINGS | case.get("settings", {}))
    found = renewals(books.book(rows), settings, DAY, case.get("within", 90))
    assert [
        [r.card.control_no, r.expiry, r.on, r.decision.outcome, r.decision.expiry or ""]
        for r in found
    ] == case["gives"]
    for renewal in found:
        assert renewal.person.number == renewal.card.number
        data.rules_exist(renewal.decision.rules)

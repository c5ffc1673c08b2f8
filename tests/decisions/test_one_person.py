"""The decisions on one person, case by case from ``tests/cases/``."""

import books
import decision_cases as data
import pytest
from case_files import by_name
from shikaku.decisions import burden, certificate, notice, old_card, registration
from shikaku.decisions.holdings import Holding
from shikaku.fields import era_date


def rules_fit(case: dict, rules: tuple[str, ...]) -> None:
    assert set(case.get("rules", ())) <= set(rules)
    assert not set(case.get("not_rules", ())) & set(rules)
    data.rules_exist(rules)


@pytest.mark.parametrize("case", data.cases("certificate"), ids=by_name)
def test_certificate(case):
    found = certificate.decide(
        data.person(case["person"]),
        case["as_of"],
        holdings=[Holding(h.get("issued"), h.get("expiry")) for h in case.get("holdings", ())],
        settings=data.settings(case.get("settings")),
        cover_end=case.get("cover_end"),
    )
    expected = [*case["gives"], None, None][:3]
    assert [found.outcome, found.ground, found.reason] == expected
    if "expiry" in case:
        assert found.expiry == case["expiry"]
    rules_fit(case, found.rules)
    assert found.rules
    assert data.is_one_sentence(found.why)
    assert all(era_date.format(day) in found.why for day in case.get("days", ()))


@pytest.mark.parametrize("case", data.cases("notice"), ids=by_name)
def test_notice(case):
    found = notice.decide(data.person(case["person"]), case["as_of"], case["certificate"])
    assert found.kind == (case["gives"] or None)
    rules_fit(case, found.rules)
    assert found.rules or found.kind is None
    assert data.is_one_sentence(found.why)


@pytest.mark.parametrize("case", data.cases("old_card", "return"), ids=by_name)
def test_old_card(case):
    held = None if case["held"] == "" else case["held"]
    found = old_card.decide(held, case.get("lost"), case["as_of"], settled=case["settled"])
    assert found.required is case["gives"]
    rules_fit(case, found.rules)
    assert data.is_one_sentence(found.why)


@pytest.mark.parametrize("case", data.cases("old_card", "usable"), ids=by_name)
def test_old_card_usable(case):
    assert old_card.usable(case.get("acquired"), case.get("lost"), case["on"]) is case["gives"]


@pytest.mark.parametrize("case", data.cases("old_card", "issued"), ids=by_name)
def test_old_card_issued(case):
    assert old_card.issued_on(case["on"]) is case["gives"]


@pytest.mark.parametrize("case", data.cases("registration"), ids=by_name)
def test_expected_use(case):
    found = registration.expected_use(
        data.person(case["person"]), data.settings(case.get("settings")), books.closed_days()
    )
    for key in ("day", "open_day", "calendar_day", "waiting_for"):
        assert getattr(found, key) == case.get(key)
    rules_fit(case, found.rules)


@pytest.mark.parametrize("case", data.cases("burden"), ids=by_name)
def test_burden(case):
    found = burden.decide(
        data.person(case["person"]), case["on"], data.settings(case.get("settings"))
    )
    assert ([found.share, found.effective] if found else []) == case["gives"]
    rules_fit(case, found.rules if found else ())

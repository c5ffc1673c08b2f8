"""Memberships that end by themselves, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.identity import ends

BASE = load("identity/ends")["base"]


@pytest.mark.parametrize("case", cases("identity/ends"), ids=by_name)
def test_by_itself(case: dict) -> None:
    found = ends.by_itself(data.person({"sheet": "members", **BASE, **case["who"]}))
    assert list(found or ()) == case["gives"]

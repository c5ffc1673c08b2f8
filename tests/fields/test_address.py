"""Spellings of one address, from the case file."""

import pytest
from case_files import cases
from shikaku.fields import address


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in cases("fields/address")])
def test_same(case):
    assert address.same(case["one"], case["other"]) == case["same"]
    assert address.same(case["other"], case["one"]) == case["same"]

"""What Excel shows under formats of zeros, from the case file."""

import pytest
from case_files import by_name, cases
from shikaku.fields import number_format


@pytest.mark.parametrize("case", cases("fields/number_format"), ids=by_name)
def test_shown(case):
    assert number_format.shown(case["value"], case["format"]) == case.get("text")
    pads = case.get("pads", "text" in case)
    assert number_format.pads(case["value"], case["format"]) == pads

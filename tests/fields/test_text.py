"""Values that go out in a CSV, from the case file."""

import pytest
from case_files import by_name, cases
from shikaku.fields import text


@pytest.mark.parametrize("case", cases("fields/text"), ids=by_name)
def test_guarded(case):
    value = case["value"]
    guarded = case.get("guarded", value)
    assert text.guarded(value) == guarded
    assert text.bare(guarded) == value
    assert text.is_risky(value) == ("guarded" in case)

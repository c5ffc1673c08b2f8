"""What a 続柄 says: every kind of way, from the case file."""

import pytest
from case_files import by_name, cases
from shikaku.fields import relationship
from shikaku.fields.relationship import Relation


@pytest.mark.parametrize("case", cases("fields/relationship"), ids=by_name)
def test_read(case):
    said = {key: case[key] for key in ("steps", "clause", "sex", "age", "vague") if key in case}
    expected = Relation(**said) if case.get("read", True) else None
    assert relationship.read(case["word"]) == expected

"""One dialect in all case files (tests/kits/case_files.py says which)."""

import case_files
import pytest


@pytest.mark.parametrize("place", case_files.places())
def test_cases_speak_one_dialect(place):
    data, cases = case_files.load(place), case_files.cases(place)
    # A list of tables under another name would be cases that nobody counts.
    lists = [key for key, value in data.items() if isinstance(value, list) and key != "case"]
    assert [key for key in lists if any(isinstance(item, dict) for item in data[key])] == []
    names = [(case.get("of"), case["name"]) for case in cases]
    assert len(set(names)) == len(names)
    assert all(case["name"].strip() for case in cases)
    kinds = {case.get("of") for case in cases}
    assert kinds == {None} or (None not in kinds and len(kinds) > 1)


def test_a_kind_without_cases_is_an_error():
    with pytest.raises(KeyError, match="nothing"):
        case_files.cases("law/filing_limit", "nothing")

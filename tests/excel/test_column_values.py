"""Values as Excel takes them: texts stay the texts that they are."""

import pytest
from shikaku.excel.column_values import as_constant, as_excel


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("'a", "''a"),
        ("a\x0bb\ud842c", "abc"),  # what a file can't hold
        ("一行目\r\n二行目", "一行目\n二行目"),
        (7, 7),
        (True, True),
        (None, None),
    ],
    ids=["apostrophe", "no characters", "lines", "number", "truth value", "nothing"],
)
def test_what_a_cell_is_given(value, given):
    assert as_excel(value) == given


@pytest.mark.parametrize(("value", "given"), [("=1+1", "'=1+1"), ("'a", "''a"), (7, 7)], ids=str)
def test_what_a_formula_is_given_as_a_constant(value, given):
    assert as_constant(value) == given

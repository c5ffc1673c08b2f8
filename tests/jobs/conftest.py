"""The letters of these tests are made in the tests' own process; those of ``test_run.py`` are not."""

import pytest


@pytest.fixture(autouse=True)
def _letters_here(letters_here):
    return letters_here

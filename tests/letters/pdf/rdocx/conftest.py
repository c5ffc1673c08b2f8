"""The embedded engine and its fonts."""

import pytest
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.rdocx.engine import Embedded


@pytest.fixture(scope="module")
def engine():
    return Embedded()


@pytest.fixture(scope="module")
def font_set():
    return subset.load()

"""What the tests of an open workbook begin with: the played Excel, and a copy of the sample."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def path(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path / "届出.xlsx"))

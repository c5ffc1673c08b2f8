"""What the tests of an open workbook begin with: the played Excel, and a copy of the sample."""

import shutil
from pathlib import Path

import pytest
from shikaku.template import builder
from xlengine.engine import Played


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "見本.xlsx"
    builder.build(path, sample=True)
    return path


@pytest.fixture
def excel():
    with Played() as played:
        yield played


@pytest.fixture
def path(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path / "届出.xlsx"))

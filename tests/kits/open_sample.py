"""Fixtures of several rooms' tests: the sample workbook, built once a process, and the played Excel."""

import pytest


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The path of the sample; a test that writes copies it."""
    from shikaku.template import builder

    path = tmp_path_factory.mktemp("sample") / "見本.xlsx"
    builder.build(path, sample=True)
    return path


@pytest.fixture
def excel():
    """The played Excel, in front until the test ends."""
    from xlengine.engine import Played

    with Played() as played:
        yield played

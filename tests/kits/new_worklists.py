"""New worklists, quicker: the tests begin hundreds, nearly all with the same settings, and each is
the product's blank workbook with the columns of origin. That is made once for each settings."""

from functools import lru_cache
from types import SimpleNamespace

from desk_books import rendered
from shikaku.desk.collect import worklist
from shikaku.template.builder import Content


def install() -> None:
    """For this process, from now on."""
    worklist.builder = SimpleNamespace(Content=Content, render=rendered)
    worklist.with_origin = lru_cache(64)(worklist.with_origin)

"""Reading the case files below ``tests/cases/``: one a module of the product, named like it."""

import tomllib
from functools import cache

from paths import CASES


@cache
def load(place: str) -> dict:
    """A case file as TOML gives it. place: room and module, like ``law/age``."""
    return tomllib.loads((CASES / f"{place}.toml").read_text("utf-8"))


def by_name(case: dict) -> str:
    """A case's sentence, for pytest's ids."""
    return case["name"]

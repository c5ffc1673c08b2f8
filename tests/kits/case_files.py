"""Reading the case files below ``tests/cases/``: one a module of the product, named like it.

One dialect: each case is a ``[[case]]`` with ``name``, a sentence. A file with cases of several kinds
says of each ``of`` what it is about. What all cases of a file share stands in tables above them.
"""

import tomllib
from functools import cache

from paths import CASES


@cache
def load(place: str) -> dict:
    """A case file as TOML gives it. place: room and module, like ``law/age``."""
    return tomllib.loads((CASES / f"{place}.toml").read_text("utf-8"))


def cases(place: str, of: str | None = None) -> list[dict]:
    """The cases of a file, or those of one kind. Raises KeyError when there is none."""
    found = [case for case in load(place)["case"] if of is None or case["of"] == of]
    if not found:
        raise KeyError(place, of)
    return found


def places() -> list[str]:
    """Every file of cases; those that only hold what cases share (``checks/base``) are left out."""
    files = (path.relative_to(CASES).with_suffix("").as_posix() for path in CASES.rglob("*.toml"))
    return sorted(place for place in files if "case" in load(place))


def by_name(case: dict) -> str:
    """A case's sentence, for pytest's ids."""
    return case["name"]

"""Libraries that only some need, and that ``pip install shikaku[EXTRA]`` brings."""

from importlib.util import find_spec

from shikaku.system.errors import UsageError

_EXTRA_OF = {"dask": "cluster", "distributed": "cluster", "pyarrow": "cluster"}
"""Library → the extra of pyproject.toml that has it."""


def require(library: str, purpose: str, instead: str = "") -> None:
    """Raise UsageError when a library isn't installed, with the command that brings it.

    purpose: what it is needed for, a Japanese phrase ending in a verb; instead: what may be done
    without it.
    """
    if find_spec(library) is not None:
        return
    extra = _EXTRA_OF[library]
    other = f"(または、{instead})" if instead else ""
    raise UsageError(
        f"{purpose}には、追加のライブラリ「{library}」が要りますが、入っていません。",
        f'pip install "shikaku[{extra}]" で入れてください{other}。',
    )

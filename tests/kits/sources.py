"""The product's modules as text and parsed: each is parsed once a test process."""

import ast
from functools import cache


@cache
def tree(source: str) -> ast.Module:
    """A module's text, parsed; for all who ask the same tree, which nobody changes."""
    return ast.parse(source)

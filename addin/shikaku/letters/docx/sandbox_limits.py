"""What a template may cost: a user's folder is no reason to fill the memory or to wait for ever.

Jinja's sandbox keeps a template away from Python, but ``{{ "x" * 10**9 }}`` is no escape, and it
is worked out while the template is compiled. Here sums, joined texts and loops have an end.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from jinja2 import nodes, pass_eval_context
from jinja2.filters import do_batch, do_join, do_lower, do_replace, do_trim, do_upper
from jinja2.visitor import NodeTransformer

from shikaku.system.errors import TemplateError

MAX_TEXT = 100_000
"""Characters of a text that a template puts together; a field prints 10,000."""
MAX_ROUNDS = 200_000
"""Rounds of all loops of one letter."""
MAX_OUTPUT = 32 << 20
"""Characters of a finished part."""

_MAX_INT = 10**12
_HINT = "ひな形での計算と繰り返しは、項目の表示に必要な範囲にしてください。"


def _too_much(what: str) -> TemplateError:
    return TemplateError(f"{what}。", _HINT)


def check_sum(operator: str, left: Any, right: Any) -> None:
    """Raise TemplateError unless the sum is one of small numbers, or two short texts or lists."""
    numbers = all(isinstance(v, int) and abs(v) < _MAX_INT for v in (left, right))
    if numbers and operator != "**":
        return
    if operator == "+" and type(left) is type(right) and hasattr(left, "__len__"):
        _check_length(len(left) + len(right))
        return
    raise _too_much(f"「{operator}」は小さな整数にしか使えません")


def _check_length(length: int) -> None:
    if length > MAX_TEXT:
        raise _too_much(f"{MAX_TEXT:,}文字を超える文字列は作れません")


class Rounds:
    """The rounds of all loops of one letter."""

    def __init__(self) -> None:
        self._left = MAX_ROUNDS

    def of(self, value: Iterable[Any]) -> list[Any]:
        """What a loop goes through. Raises TemplateError when that is too much in all."""
        items = list(islice(value, self._left + 1))
        self._left -= len(items)
        if self._left < 0:
            raise _too_much(f"繰り返しが{MAX_ROUNDS:,}回を超えます")
        return items


def bounded(pieces: Iterable[str]) -> str:
    """The text that a template gives. Raises TemplateError when it is too long."""
    return "".join(_counted(pieces))


def _counted(pieces: Iterable[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_OUTPUT:
            raise _too_much("文書が長くなりすぎます")
        yield piece


class Bounded(NodeTransformer):
    """Loops and ``~`` of a parsed template made to count."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        """Each loop asks first whether it may."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_rounds", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        """``a ~ b`` is a list joined with nothing."""
        self.generic_visit(node)
        items = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(items, "join", [], [], None, None, lineno=node.lineno)


@pass_eval_context
def _join(context: Any, value: Iterable[Any], d: str = "", attribute: Any = None) -> str:
    items = list(islice(value, MAX_ROUNDS))
    if attribute is None and not all(isinstance(i, str | int) for i in items):
        raise _too_much("「join」でつなげるのは文字だけです")
    own = 0 if attribute is not None else sum(len(str(i)) for i in items)
    _check_length(own + len(str(d)) * len(items))
    return do_join(context, items, d, attribute)


@pass_eval_context
def _replace(context: Any, s: Any, old: str, new: str, count: int | None = None) -> str:
    if not isinstance(s, str | int):
        raise _too_much("「replace」は一つの値にしか使えません")
    text = str(s)
    _check_length(len(text) + text.count(str(old)) * len(str(new)))
    return do_replace(context, text, old, new, count)


def _batch(value: Iterable[Any], linecount: int, fill_with: Any = None) -> Iterator[list[Any]]:
    _check_length(linecount)
    return do_batch(list(value), linecount, fill_with)


def _of_text(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
    """A filter for texts and numbers: a list would be written out whole, lists in lists as well."""

    def checked(value: Any, *arguments: Any) -> Any:
        if not isinstance(value, str | int):
            raise _too_much(f"「{name}」は一つの値にしか使えません")
        _check_length(len(str(value)))
        return change(value, *arguments)

    return checked


FILTERS: dict[str, Callable[..., Any]] = {
    "join": _join,
    "replace": _replace,
    "batch": _batch,
    "lower": _of_text("lower", do_lower),
    "upper": _of_text("upper", do_upper),
    "trim": _of_text("trim", do_trim),
    "string": _of_text("string", str),
}
"""Jinja's filters that could make much out of little."""

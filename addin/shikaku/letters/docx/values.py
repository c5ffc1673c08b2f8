"""Values on their way into a Word file: cleaned, escaped, and remembered for the final check."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Undefined, nodes, pass_context
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from shikaku.letters.docx import sandbox_limits
from shikaku.letters.docx.jinja_syntax import FILTERS
from shikaku.system.errors import TemplateError
from shikaku.system.masking import masked

#: Longer values are no field of a form, and PDF engines choke on paragraphs of that size.
MAX_VALUE = 10_000

# C0, C1, lone surrogates and non-characters: no XML, no glyph, no meaning in a letter.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_BREAK = Markup('</w:t><w:br/><w:t xml:space="preserve">')
_TAB = Markup('</w:t><w:tab/><w:t xml:space="preserve">')


def clean(text: str) -> str:
    """The text without characters that no letter can hold; line ends are ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _ILLEGAL.sub("", text)


def squeeze(text: str) -> str:
    """The text without any white space (also U+3000): what is compared with the output."""
    return "".join(text.split())


class _Attribute(str):
    """A value inside an XML attribute (gridSpan, a cell's colour): never text of the letter."""


#: Around a value that may be exchanged in a finished page: no letter can hold these characters.
OPEN, CLOSE = "\ufdd0", "\ufdd1"
_APART = re.compile("[\n\t]")


class Collector:
    """Jinja's ``finalize``: turns each value into XML and remembers the text it put there.

    written: the last one as XML. marked: each value stands between ``OPEN`` and ``CLOSE``; a line end or tab parts it in two.
    """

    def __init__(self, plain: bool = False):
        self.plain, self.marked = plain, False
        self.begin()

    def begin(self) -> None:
        """A new letter: nothing is printed yet, and no round of a loop is used up."""
        self.texts: list[str] = []
        self.written = Markup()
        self.rounds = sandbox_limits.Rounds()

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Undefined):
            return str(value)
        if isinstance(value, _Attribute):
            return escape(str(value))
        if isinstance(value, bool) or not isinstance(value, str | int):
            kind = "空の値" if value is None else "文字ではない値"
            raise TemplateError(
                f"{kind}を印字しようとしました({type(value).__name__})。",
                "条件には {% if %}、一覧には {% for %} を使ってください。",
            )
        text = _shown(str(value))
        if len(text) > MAX_VALUE:
            raise TemplateError(
                f"{len(text):,}文字の値は長すぎて印字できません。",
                f"1項目{MAX_VALUE:,}文字までにしてください。",
            )
        self.texts.append(text)
        if self.marked:
            self.texts[-1:] = _APART.split(text)
        self.written = written(text, self.plain, self.marked)
        return self.written


# Most values of a letter stand in the ones before it, too: the insurer's, the day's.
_REMEMBERED = 1024


@lru_cache(maxsize=_REMEMBERED)
def _shown(text: str) -> str:
    return masked(clean(text))


@lru_cache(maxsize=_REMEMBERED)
def written(text: str, plain: bool, marked: bool = False) -> Markup:
    """A text as XML."""
    if plain:
        return escape(text.replace("\n", " ").replace("\t", " "))
    if not marked and "\n" not in text and "\t" not in text:
        return escape(text)
    if marked:
        inside = escape(text).replace("\n", CLOSE + _BREAK + OPEN)
        return OPEN + inside.replace("\t", CLOSE + _TAB + OPEN) + CLOSE
    return escape(text).replace("\n", _BREAK).replace("\t", _TAB)


class _Environment(SandboxedEnvironment):
    """Names mean entries of the context, never methods: ``p.items`` is a field called items.

    Whatever a template may ask for is small: see ``limits``.
    """

    # Intercepted also means: not worked out while the template is compiled.
    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        sandbox_limits.check_sum(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return sandbox_limits.Bounded().visit(super()._parse(source, name, filename))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def environment(collector: Collector) -> SandboxedEnvironment:
    """A sandbox that escapes, knows no undefined name and has a form letter's filters only."""
    env = _Environment(autoescape=True, undefined=StrictUndefined, finalize=collector)
    env.filters = {name: env.filters[name] for name in FILTERS}
    env.filters |= sandbox_limits.FILTERS
    env.filters["_attribute"] = lambda value: _Attribute(value)

    @pass_context  # or loops over constants would be counted once, while compiling
    def rounds(context: Any, value: Any) -> list[Any]:
        return collector.rounds.of(value)

    env.filters["_rounds"] = rounds
    env.globals.clear()
    return env

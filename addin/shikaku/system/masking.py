"""The one door of text that leaves: no individual number in it, and nothing that acts on a screen.

What goes to a screen, into JSON, a log, a letter, a list, a file's name or a message in Excel is
``Shown``. Only this module makes one, after everything that spells a text otherwise (widths,
Unicode forms, cutting), so that no later step brings a number back.

Source: 番号法12条(安全管理措置); contract.md §3.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Self

from shikaku.fields.stray_number import hide


@dataclass(frozen=True, slots=True)
class EntriesToMake:
    """A long list of JSON whose entries are made as they are written: thousands of them would be objects that nobody
    looks at twice. make: an entry of one of the things."""

    things: Sequence[Any]
    make: Callable[[Any], object]

    def __len__(self) -> int:
        return len(self.things)

    def part(self, start: int, end: int) -> list[object]:
        """Some of the entries."""
        return [self.make(thing) for thing in self.things[start:end]]


class Shown(str):
    """A text that may leave: made by this module only."""

    __slots__ = ()

    def __new__(cls, *_: object) -> Self:
        """TypeError: a text becomes ``Shown`` by ``masked`` or ``shown``."""
        raise TypeError("Shown is made by shikaku.system.masking")

    def __reduce__(self) -> tuple[Any, ...]:
        """What a worker process sends stays what it was."""
        return _passed, (str(self),)


def _passed(text: str) -> Shown:
    return str.__new__(Shown, text)


# C0, DEL, C1, line and paragraph separators, directions, lone surrogates: what a terminal obeys, or
# what makes a text look like another one.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_ACTING_BUT_LINES = re.compile(_ACTING.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def _picture(match: re.Match[str]) -> str:
    """A sign in place of a character that acts: ␛ for ESC, 〔U+009B〕 where there is no sign."""
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"〔U+{code:04X}〕"


def masked(text: str, *, labelled: bool = False) -> Shown:
    """The text without individual numbers, everything else as it is: for values in letters, lists
    and cells. labelled: the field is one of a 個人番号 (``stray_number.hide``)."""
    return text if isinstance(text, Shown) else _passed(hide(text, labelled=labelled))


def shown(text: str) -> Shown:
    """One line for a screen: without individual numbers, control characters as signs.

    >>> shown("届出_000000000019.xlsx"), shown("a\\x1b[31m\\nb")
    ('届出_************.xlsx', 'a␛[31m␊b')
    """
    return _passed(_ACTING.sub(_picture, hide(text)))


def shown_lines(text: str) -> Shown:
    """The same for a message of several lines, such as a window of Excel shows."""
    return _passed(_ACTING_BUT_LINES.sub(_picture, hide(text)))


def bare(text: str, most: int = 0) -> Shown:
    """A file's name or a heading inside a sentence: what acts is left out, numbers are blotted out;
    cut to ``most`` characters, 0 for all of them.

    >>> bare("a\\x1b[31m_0000-0000-0019.xlsx"), bare("表の見出し", 3)
    ('a[31m_************.xlsx', '表の見')
    """
    text = hide("".join(c for c in text if c.isprintable()))
    return _passed(text[:most] if most else text)


def masked_data(thing: Any) -> Any:
    """Every text in dicts (keys too), lists and tuples ``masked``; other things as they are."""
    return _masked_data(thing, {})


def _masked_data(thing: Any, known: dict[str, Shown]) -> Any:
    """known: what has been masked already; among thousands of findings few texts are new."""
    if isinstance(thing, str):
        found = known.get(thing)
        if found is None:
            found = known[thing] = masked(thing)
        return found
    if isinstance(thing, dict):
        return {
            _masked_data(key, known): _masked_data(value, known) for key, value in thing.items()
        }
    if isinstance(thing, list | tuple):
        return [_masked_data(item, known) for item in thing]
    return thing


def as_json(thing: Any) -> Shown:
    """An object as the text of its JSON: masked, and what a terminal obeys as ``\\uXXXX``, which
    says the same to whoever reads the JSON."""
    return _passed("".join(json_parts(thing)))


_AT_A_TIME = 1000
"""Entries of a long list that are text at a time."""


def json_parts(thing: Any) -> Iterator[Shown]:
    """The same text in parts, so that hundreds of thousands of findings are never held as a whole. An
    object's names are texts of ours: none of them is a number."""
    written = _Written()
    if not isinstance(thing, dict) or not thing:
        yield _passed(written.value(thing, "\n"))
        return
    before = "{"
    for key, value in thing.items():
        opening = f"{before}\n  {written.text(key)}: "
        if isinstance(value, list | tuple | EntriesToMake) and len(value):
            for start in range(0, len(value), _AT_A_TIME):
                end = start + _AT_A_TIME
                batch = (
                    value.part(start, end) if isinstance(value, EntriesToMake) else value[start:end]
                )
                lines = ",\n    ".join(written.items(batch, "\n    "))
                yield _passed(f"{',' if start else f'{opening}['}\n    {lines}")
            yield _passed("\n  ]")
        else:
            yield _passed(
                opening + written.value(() if isinstance(value, EntriesToMake) else value, "\n  ")
            )
        before = ","
    yield _passed("\n}")


def _hidden(text: str) -> str:
    return text if isinstance(text, Shown) else hide(text)


def _is_printable(text: str) -> bool:
    """Whether nothing in a text acts. A full-width space, which every other name has, isn't printable."""
    return text.replace("\u3000", "").isprintable()


class _Written:
    """Values as JSON, as ``json.dumps`` with two spaces has them, masked. What is written is kept: among
    thousands of findings few texts are new, and their objects have the same names.

    margin: the line end and the spaces before what is no deeper than the value.
    """

    def __init__(self) -> None:
        self._texts: dict[str | None, str] = {None: "null"}
        self._frames: dict[tuple[object, ...], str] = {}

    def value(self, thing: Any, margin: str) -> str:
        """Anything that JSON knows."""
        if thing is None:
            return "null"
        if type(thing) is int:
            return str(thing)
        if isinstance(thing, str):
            return self._texts.get(thing) or self.text(thing)
        if thing is True or thing is False:
            return "true" if thing else "false"
        if isinstance(thing, dict):
            return self._object(thing, margin) if thing else "{}"
        if isinstance(thing, list | tuple):
            return self._list(thing, margin) if thing else "[]"
        return json.dumps(thing)

    def _list(self, things: Sequence[Any], margin: str) -> str:
        inner, known = margin + "  ", self._texts.get
        lines = [(type(one) is str and known(one)) or self.value(one, inner) for one in things]
        return f"[{','.join([inner + line for line in lines])}{margin}]"

    def items(self, things: Sequence[Any], margin: str) -> Iterable[str]:
        """The entries of a list: objects with the same names, as findings and people are, column by
        column."""
        first = things[0] if things else None
        names = [*first] if isinstance(first, dict) else []
        if not names or any(type(one) is not dict or [*one] != names for one in things):
            return [self.value(one, margin) for one in things]
        frame = self._frames.get((margin, *names)) or self._frame(names, margin)
        columns = zip(*[one.values() for one in things], strict=True)
        written = [self._column(column, margin + "  ") for column in columns]
        return map(frame.__mod__, zip(*written, strict=True))

    def _column(self, values: Sequence[Any], margin: str) -> Iterable[object]:
        kinds = set(map(type, values))
        if kinds == {int}:
            return values
        if kinds == {list}:
            return self._lists(values, margin)
        if not kinds <= {str, type(None)}:
            return [self.value(one, margin) for one in values]
        self._note(set(values).difference(self._texts))
        return map(self._texts.__getitem__, values)

    def _lists(self, values: Sequence[list[Any]], margin: str) -> Iterable[str]:
        """Lists, of which thousands are equal: those of texts are written once."""
        known: dict[tuple[str, ...], str] = {(): "[]"}
        for one in values:
            try:
                found = known.get(tuple(one))
            except TypeError:  # of objects
                found = None
            if found is None:
                found = self._list(one, margin)
                if all(type(item) is str for item in one):
                    known[tuple(one)] = found
            yield found

    def _object(self, thing: dict[Any, Any], margin: str) -> str:
        frame = self._frames.get((margin, *thing)) or self._frame(thing, margin)
        return frame % tuple([self.value(one, margin + "  ") for one in thing.values()])

    def _frame(self, names: Iterable[Any], margin: str) -> str:
        """What stands around the values of an object with these names, in the words of ``%``."""
        written = [self._name(name).replace("%", "%%") for name in names]
        lines = ",".join(f"{margin}  {name}: %s" for name in written)
        frame = self._frames[margin, *names] = f"{{{lines}{margin}}}"
        return frame

    def _name(self, key: Any) -> str:
        """The name of an entry: a text, or what ``json.dumps`` makes one of."""
        return self.text(key) if isinstance(key, str) else f'"{json.dumps(key)}"'

    def _note(self, texts: Collection[str]) -> None:
        """Note texts as written: one look tells whether any is to be spelt otherwise."""
        together = "".join(texts)
        if _is_printable(together) and '"' not in together and "\\" not in together:
            self._texts.update((text, f'"{_hidden(text)}"') for text in texts)
        else:
            for text in texts:
                self.text(text)

    def text(self, text: str) -> str:
        """A text, masked, and noted as written."""
        written = encode_basestring(_hidden(text))
        if not _is_printable(written):
            written = _ACTING_BUT_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", written)
        self._texts[text] = written
        return written


def joined(between: str, parts: Iterable[Shown]) -> Shown:
    """Texts that may leave, as one: none of them, and nothing across them, is a number."""
    return masked(between.join(parts))

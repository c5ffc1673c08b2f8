"""What a letter is before it is on paper, and what a kind of letter may say.

No file, no Word and no PDF in here: ``context.py`` makes letters, ``run.py`` brings them out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One name that a template may use.

    name: the name between ``{{`` and ``}}``. meaning, example: Japanese, for ``templates list``.
    required: the template must use it. items: the fields of each entry when the value is a list
    (``{%tr for p in people %}`` … ``{{ p.name }}``), empty for a single value.
    """

    name: str
    meaning: str
    example: str = ""
    required: bool = False
    items: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter (contract §5).

    kind: its name, also the template's file name and the folder below OUT. title: Japanese, the
    PDF's title. to: ``member``, ``employer`` or ``insurer``. pages: pages a letter must have,
    None when that depends on how many people it lists.
    """

    kind: str
    title: str
    to: str
    fields: tuple[Field, ...]
    pages: int | None = 1

    @property
    def required(self) -> tuple[str, ...]:
        """Names that the template must use."""
        return tuple(f.name for f in self.fields if f.required)

    def example(self) -> dict[str, Any]:
        """A context made of the examples: for trying a template out."""

        def value(one: Field) -> Any:
            if not one.items:
                return one.example
            return [{item.name: value(item) for item in one.items}]

        return {one.name: value(one) for one in self.fields}


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Whom a letter is about: where the person stands in the workbook.

    sheet: the schema's key. row: Excel's own. record: 「記号-番号-枝番」.
    """

    sheet: str
    row: int
    record: str
    name: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """記号, 番号, 枝番; a 記号 may itself hold a hyphen."""
        pieces = self.record.rsplit("-", 2)
        return tuple([""] * (3 - len(pieces)) + pieces)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one addressee.

    stem: file name without ending (``記号-番号-枝番_氏名``); run.py makes it safe and unique.
    group: the employer's name, the file of ``--per employer``. title: the PDF's title and the
    person's bookmark. people: whom it is about (several for an employer's list).
    context: what the template's names stand for; str, bool, int or lists of dicts, never None,
    never an individual number beyond the notice's last four digits. lacking: labels of the cells
    that must be filled in first; a letter that lacks something is not brought out.
    """

    kind: str
    stem: str
    group: str
    title: str
    people: tuple[PersonRef, ...]
    addressee: str
    context: Mapping[str, Any] = field(repr=False)
    control_nos: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes it the same letter in a second run: kind, stem and whom it is about."""
        who = ";".join(f"{p.record}_{p.name}" for p in self.people)
        return "|".join((self.kind, self.stem, who, ";".join(self.control_nos)))

    def names(self) -> Iterator[str]:
        """The people's names, for a message."""
        return (p.name for p in self.people)

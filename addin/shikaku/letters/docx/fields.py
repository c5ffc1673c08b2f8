"""The fields of a kind of letter, and the kind itself: what its template may use."""

from dataclasses import dataclass
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

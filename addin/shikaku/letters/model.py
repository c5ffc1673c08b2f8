"""What a letter is before it is on paper, and what a kind of letter may say.

No file, no Word and no PDF in here: ``contexts`` makes letters, ``bulk`` makes their files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from shikaku.model.ledger import CERTIFICATE


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Whom a letter is about: where the person stands in the workbook.

    sheet: the schema's key. row: Excel's own. record: 「記号-番号-枝番」. about: what of the person's
    the letter is about, for 発行履歴's 備考; "" where its kind says it.
    """

    sheet: str
    row: int
    record: str
    name: str
    about: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """記号, 番号, 枝番; a 記号 may itself hold a hyphen."""
        pieces = ["", "", *self.record.rsplit("-", 2)]
        return pieces[-3], pieces[-2], pieces[-1]


class LetterValues(Mapping[str, Any]):
    """Names and what they stand for, as a dict has them; the names of a hundred thousand letters of one kind
    stand in memory once. Never changed."""

    __slots__ = ("_places", "_values")
    _known: ClassVar[dict[tuple[str, ...], dict[str, int]]] = {}

    def __init__(self, fields: Mapping[str, Any]) -> None:
        names = tuple(fields)
        places = self._known.get(names)
        if places is None:
            places = self._known[names] = {name: at for at, name in enumerate(names)}
        self._places = places
        self._values = tuple(fields.values())

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one addressee.

    stem: file name without ending (``記号-番号-枝番_氏名``); ``bulk`` makes it safe and unique.
    group: the employer's name, the file of ``--per employer``. title: the PDF's title and the
    person's bookmark. people: whom it is about (several for an employer's list).
    context: what the template's names stand for; str, bool, int or lists of dicts, never None,
    never an individual number beyond the notice's last four digits. lacking: labels of the cells
    that must be filled in first; a letter that lacks something is held.
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "context", LetterValues(self.context))

    @property
    def key(self) -> str:
        """What makes it the same letter in a second run: kind, stem, whom and which documents it is about.

        A certificate is the document itself, and has its 管理番号 only once it is made.
        """
        who = ";".join(f"{p.record}_{p.name}" for p in self.people)
        documents = () if self.kind == CERTIFICATE else self.control_nos
        return "|".join((self.kind, self.stem, who, ";".join(documents)))

    def names(self) -> Iterator[str]:
        """The people's names, for a message."""
        return (p.name for p in self.people)

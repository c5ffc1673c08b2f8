"""What every PDF engine takes and gives, and the check that each letter must pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from shikaku.letters.fonts.coverage import describe
from shikaku.letters.pdf.finish import Finish
from shikaku.system.errors import PdfError

if TYPE_CHECKING:
    import pikepdf

    from shikaku.letters.docx.template import Draft, Template


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One letter to be printed.

    docx: the finished Word file. title: the PDF's. values: texts that must be on the pages.
    pages: how many pages it must have, None when any number is right. names: the people, for
    messages. prepared: the copy for the embedded engine, when the template is slim already.
    """

    docx: bytes = field(repr=False)
    title: str
    values: tuple[str, ...] = field(default=(), repr=False)
    pages: int | None = None
    names: tuple[str, ...] = ()
    prepared: "Prepared | None" = field(default=None, repr=False)

    def who(self, char: str = "") -> str:
        """「山田 太郎」さん: the person whose name has that character, else the first."""
        named = [n for n in self.names if char and char in n] or list(self.names[:1])
        return f"「{named[0]}」さん" if named else f"「{self.title}」"

    def without_glyph(self, chars: Sequence[str]) -> str:
        """Whose characters have no glyph, a person at a time: 「山田 太郎」さんの文字「𠮷」(U+20BB7)."""
        owners: dict[str, list[str]] = {}
        for char in chars:
            owners.setdefault(self.who(char), []).append(char)
        lines = [
            f"{who}の文字{'、'.join(map(describe, several[:5]))}"
            + (f"ほか{len(several) - 5}字" if len(several) > 5 else "")
            for who, several in owners.items()
        ]
        more = f"、ほか{len(lines) - 5}人" if len(lines) > 5 else ""
        return "、".join(lines[:5]) + more


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished PDF. note: something the user should know though it worked."""

    pdf: bytes = field(repr=False)
    pages: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one letter could not be printed. The others are not touched by it."""

    message: str
    hint: str = ""


class Engine(Protocol):
    """A way from Word files to PDF."""

    name: str
    label: str

    def convert(self, pieces: Sequence[PrintJob], how: Finish) -> list[Printed | Fault]:
        """The PDFs in order. Raises PdfError when the engine itself doesn't work."""

    def close(self) -> None:
        """Let go of processes and folders."""


def check(
    pdf: "pikepdf.Pdf",
    piece: PrintJob,
    fonts: frozenset[str] | None = None,
    pages: Sequence["pikepdf.Page"] | None = None,
    contents: Sequence[bytes] = (),
    text: str = "",
) -> int:
    """Look at a printed letter; the number of its pages.

    fonts: the names that may occur, None for any. pages: the letter's pages in a merged file.
    contents: their content streams, if the caller has them. text: whose rare characters must be
    on the pages, too.
    Raises PdfError for a wrong page count, a □, a lost value, a font that isn't embedded or is
    none of ours.
    """
    from shikaku.letters.pdf.inspect import absent, look, unprinted

    seen = look(pdf, pages, contents)
    count = len(seen.pages)
    if piece.pages is not None and count != piece.pages:
        raise PdfError(
            f"{piece.who()}の通知書が{count}ページになりました({piece.pages}ページのはずです)。",
            "氏名や住所が長すぎないか確かめ、ひな形の余白や文字の大きさを見直してください。",
        )
    unknown = unprinted("".join((*piece.values, text)), seen.pages)
    if unknown:
        raise PdfError(
            f"{piece.without_glyph(unknown)}の字形が、このPCのフォントにありません。",
            "その文字を含むフォントを入れるか、--pdf-engine で別のエンジンを選んでください。",
        )
    if seen.blanks:
        raise PdfError(
            f"{piece.who()}の通知書に、フォントにない文字が{seen.blanks}字あります。",
            "その文字を含むフォントを入れるか、--pdf-engine で別のエンジンを選んでください。",
        )
    lost = absent(piece.values, seen.pages, seen.drawn)
    if lost:
        raise PdfError(
            f"{piece.who()}の通知書のPDFに「{lost[0][:20]}」が印字されませんでした。",
            "文字が枠からあふれていないか確かめるか、--pdf-engine で別のエンジンを選んでください。",
        )
    strange = seen.loose | (seen.fonts - fonts if fonts is not None else set())
    if strange:
        raise PdfError(
            f"{piece.who()}の通知書が、思わぬフォント「{sorted(strange)[0]}」になりました。",
            "ひな形のフォントの指定を確かめてください。",
        )
    return count


@dataclass(slots=True)
class Prepared:
    """A document for rdocx.

    docx: the copy, or draft: its parts, and template: how they are packed. characters: what it prints (clusters), for cutting fonts. families: fallback
    faces in use. bold: some of it is bold. missing: characters that no font has. plain_form:
    variants printed in their plain form.
    """

    docx: bytes = b""
    characters: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    bold: bool = False
    missing: list[str] = field(default_factory=list)
    plain_form: list[str] = field(default_factory=list)
    draft: "Draft | None" = None
    template: "Template | None" = None

"""A template made slim once, so that each letter's PDF copy needs filling in and nothing else.

What ``prepare`` does to a finished letter (4 ms) is done to the template here; a letter
whose values need more (a rare character, a variant) goes the long way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shikaku.letters.docx import barcode, package
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.hidden_text import Hidden
from shikaku.letters.docx.jinja_syntax import TAG
from shikaku.letters.docx.list_numbers import Lists
from shikaku.letters.docx.package import w
from shikaku.letters.docx.template import Template
from shikaku.letters.docx.template_reading import load
from shikaku.letters.fonts.coverage import all_plain, ordinary
from shikaku.letters.fonts.subset import FontSet
from shikaku.letters.pdf.base import Prepared
from shikaku.letters.pdf.rdocx.prepare import ASCII, LIVE, has_bold, marks, slim


@dataclass(frozen=True, slots=True)
class Slim:
    """A slim template.

    static: the characters that it prints itself. bold: some text may be bold. ordinary: its own
    text is printed as it stands.
    """

    template: Template
    static: frozenset[str]
    bold: bool
    ordinary: bool

    def prepared(
        self, context: Mapping[str, Any], values: Sequence[str], fonts: FontSet
    ) -> Prepared | None:
        """The PDF copy of a letter that was filled with these values.

        None when a character isn't in the main font or isn't printed as it stands, or when what may
        be a QR code is none.
        """
        text = "\n".join(values)
        if not (self.ordinary and all_plain(text, fonts) and fonts.plain >= self.static):
            return None
        draft = self.template.draft(context)
        if draft.codes and not (context.get("barcode") and all(c.strip() for c in draft.codes)):
            return None
        return Prepared(
            characters=set(self.static.union(text)),
            bold=self.bold,
            draft=draft,
            template=self.template,
        )


def slim_template(source: Path | bytes, kind: Kind, name: str = "") -> Slim | None:
    """A template for the embedded engine. Raises as Template and ``prepare.slim`` do.

    None for one whose lists are to be numbered letter by letter, or that hides some of its text.
    """
    whole = load(source, name or kind.kind)
    if Hidden(whole).anything or package.of_type(whole, "numbering") and _has_lists(whole):
        return None
    parts = slim(whole)
    if not barcode.stand_in(parts, package.main_part(parts)):
        return None
    texts = [
        e.text or ""
        for p in package.of_type(parts, *LIVE)
        for e in package.parse(parts[p]).iter(w("t"))
    ]
    static = ASCII | marks(parts) | set("".join(texts))
    optional = replace(kind, fields=tuple(replace(f, required=False) for f in kind.fields))
    template = Template(package.pack(parts), optional, name)
    plain = ordinary("\n".join(TAG.sub("\n", t) for t in texts))
    return Slim(template, frozenset(static), has_bold(parts), plain)


def _has_lists(parts: Mapping[str, bytes]) -> bool:
    lists = Lists(parts)
    return any(
        lists.of(paragraph) is not None
        for part in package.of_type(parts, *LIVE)
        for paragraph in package.parse(parts[part]).iter(w("p"))
    )

"""The PDF engine that needs nothing but pip: rdocx with the packaged Japanese fonts.

Each letter is laid out alone. Measured on 2 cores, documents of 10, 25 or 50 letters cost as
much a letter as single ones (17–20 ms against 17–22), and alone each letter keeps its headers,
page totals, list numbers, tags and fonts to itself. Nothing of the system's fonts is used, so
the pages are the same on every machine.
"""

import io
import os
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType

from shikaku.letters.docx.barcode import coded
from shikaku.letters.docx.template import Draft, Template
from shikaku.letters.fonts import subset as font_files
from shikaku.letters.fonts.coverage import describe
from shikaku.letters.pdf.base import Fault, Prepared, Printed, PrintJob, check
from shikaku.letters.pdf.finish import Finish, finish, locked
from shikaku.letters.pdf.rdocx.page_layout import PageLayout, SetLetter
from shikaku.letters.pdf.rdocx.page_numbers import set_numbers
from shikaku.letters.pdf.rdocx.pages import DrawnDocument, NotUnderstood, read
from shikaku.letters.pdf.rdocx.plans import LayoutPlans
from shikaku.letters.pdf.rdocx.prepare import prepare
from shikaku.letters.pdf.rdocx.tags import untag, without_tags
from shikaku.letters.pdf.writer.programs import FontCache
from shikaku.system import temporary_files
from shikaku.system.errors import PdfError, ShikakuError

_NO_FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    "<fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>"
)


@lru_cache(maxsize=1)
def _rdocx() -> ModuleType:
    """The library, after making it forget the system's fonts.

    It reads fontconfig's settings once a process, on Linux; on Windows and Mac there is no such
    switch, but each run names a font that is handed over, and the glyph check lets no character
    through that this font lacks. The finished PDF's font names are checked everywhere.
    """
    try:
        import rdocx
    except ImportError:
        raise PdfError(
            "PDFを作る部品「rdocx」がこのPCに入っていません。",
            "pip install rdocx を実行するか、--pdf-engine で libreoffice か word を選んでください。",
        ) from None
    before = os.environ.get("FONTCONFIG_FILE")
    with temporary_files.folder() as folder:
        config = folder / "fonts.conf"
        config.write_text(_NO_FONTS.format(folder, folder), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            rdocx.Document().to_pdf()
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before
    return rdocx


_NO_ARCHIVE = "このひな形の書式(傾けた太字など)は、PDF/Aの形にできません。"
_OTHER_WAY = "その書式をやめるか、--pdf-a を付けずに作ってください。"


class Embedded:
    """``embedded``: see the module."""

    name = "embedded"
    label = "組み込み(rdocx)"

    def __init__(self) -> None:
        self._rdocx = _rdocx()
        self.fonts = font_files.load()
        faces = {face.name: face for face in (self.fonts.main, self.fonts.bold)}
        self._programs = FontCache(faces)
        self._plans: dict[tuple[int, bool], tuple[Template, LayoutPlans]] = {}

    def convert(self, pieces: Sequence[PrintJob], how: Finish) -> list[Printed | Fault]:
        """One PDF a letter; a letter's fault is its own."""
        done: list[Printed | Fault] = []
        for piece in pieces:
            try:
                done.append(self._one(piece, how))
            except ShikakuError as error:
                done.append(Fault(str(error.message), error.hint))
        return done

    def close(self) -> None:
        """Nothing is open."""

    def _one(self, piece: PrintJob, how: Finish) -> Printed:
        import pikepdf

        ready = piece.prepared or prepare(piece.docx, self.fonts)
        if ready.missing:
            raise PdfError(
                f"{piece.without_glyph(ready.missing)}の字形が、PDFのフォントにありません。",
                f"その文字を含むフォントを「{font_files.extra_folder()}」に置くか、"
                "--pdf-engine で word か libreoffice を選んでください。",
            )
        asked: list[bytes] = []
        quick = self._set(ready, piece, how, asked)
        if quick is not None:
            return quick
        if ready.draft is not None and ready.draft.codes:  # it has one picture for all codes
            ready, asked = prepare(coded(piece.docx), self.fonts), []
        raw = asked[0] if asked else self._lay_out(self._packed(ready), ready)
        note = ""
        if ready.plain_form:
            shown = "、".join(map(describe, ready.plain_form[:5]))
            note = f"PDFでは{shown}の異体字を標準の字形で印字しました。"
        anew = self._anew(raw, how)
        if anew is not None:
            return self._written(anew, piece, how, note)
        with pikepdf.open(io.BytesIO(without_tags(raw))) as opened:
            contents = untag(opened)
            pages = check(opened, piece, self.fonts.names(), contents=contents)
            if how.archive:
                raise PdfError(_NO_ARCHIVE, _OTHER_WAY)
            return Printed(finish(opened, piece.title, how), pages, note)

    def _anew(self, raw: bytes, how: Finish) -> SetLetter | None:
        """What rdocx laid out, written by ourselves: tagged. None when it isn't understood."""
        main, bold = self.fonts.main, self.fonts.bold
        faces = {face.name: face for face in (main, bold, *self.fonts.fallbacks)}
        try:
            document = _read(raw)
            return PageLayout(document, [], [], [], FontCache(faces), how.archive).fill([])
        except NotUnderstood:
            return None

    def _set(
        self, ready: Prepared, piece: PrintJob, how: Finish, asked: list[bytes]
    ) -> Printed | None:
        """The letter from the layout of others, or None. asked: gets what rdocx made of the letter
        itself, where it was asked."""
        if ready.draft is None or ready.template is None:
            return None

        def lay_out(draft: Draft) -> DrawnDocument:
            raw = self._lay_out(_template(ready).packed(draft), ready)
            if draft is ready.draft:
                asked.append(raw)
            return _read(raw)

        plans = self._plans_of(ready.template, how.archive)
        done = plans.set(ready.draft, lay_out)
        return None if done is None else self._written(done, piece, how)

    def _written(self, done: SetLetter, piece: PrintJob, how: Finish, note: str = "") -> Printed:
        """The finished file, looked at like any other. Raises PdfError."""
        import pikepdf

        data = done.form.write(done.contents, done.own, piece.title, how.day, done.codes)
        with pikepdf.open(io.BytesIO(data)) as opened:
            pages = check(opened, piece, self.fonts.names(), contents=done.contents)
            return Printed(locked(opened, how.password) if how.password else data, pages, note)

    def _plans_of(self, template: Template, archive: bool) -> LayoutPlans:
        """What is known of a template's layouts; the template is kept, so that its id stays its."""
        key = id(template), archive
        if key not in self._plans:
            plans = LayoutPlans(template.part("styles"), self._programs, archive)
            self._plans[key] = template, plans
        return self._plans[key][1]

    @staticmethod
    def _packed(ready: Prepared) -> bytes:
        return _template(ready).packed(ready.draft) if ready.draft is not None else ready.docx

    def _lay_out(self, docx: bytes, ready: Prepared) -> bytes:
        """The PDF that rdocx makes. Raises PdfError."""
        try:
            return self._rdocx.Document(io.BytesIO(docx)).to_pdf(fonts=self._cut(ready))
        except Exception as error:
            # The library has its own exception classes, one for each way a file can be broken.
            raise PdfError(
                f"PDFへの変換に失敗しました({type(error).__name__})。",
                "ひな形をWordで保存し直すか、--pdf-engine で別のエンジンを選んでください。",
            ) from None

    def _cut(self, ready: Prepared) -> list[tuple[str, bytes]]:
        faces = [self.fonts.main]
        if ready.bold:
            faces.append(self.fonts.bold)
        faces += [f for f in self.fonts.fallbacks if f.family in ready.families]
        return [(f.family, f.cut(ready.characters)) for f in faces]


def _read(raw: bytes) -> DrawnDocument:
    """The pages that rdocx drew. Raises NotUnderstood."""
    import pikepdf

    with pikepdf.open(io.BytesIO(raw)) as opened:
        document = read(raw, opened)
    set_numbers(document)
    return document


def _template(ready: Prepared) -> Template:
    if ready.template is None:
        raise ValueError("a draft without its template")
    return ready.template

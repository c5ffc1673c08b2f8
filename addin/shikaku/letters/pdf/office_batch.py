"""What the office programs have in common: print a batch joined, cut it apart, look at each cut.

A batch joined into one document prints five times as fast as letter by letter. But a program may
put two letters on one page (LibreOffice did, with floating tables), so each cut is looked at:
page count, texts, glyphs. When one letter isn't right the batch is printed again one by one.
"""

import contextlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.letters.docx import package
from shikaku.letters.docx.merge import bookmark, join
from shikaku.letters.docx.package import w
from shikaku.letters.pdf.base import Fault, Printed, PrintJob, check
from shikaku.letters.pdf.finish import Finish, finish
from shikaku.system import temporary_files
from shikaku.system.errors import PdfError, ShikakuError

if TYPE_CHECKING:
    import pikepdf


class BatchEngine(ABC):
    """An engine that prints files through an office program: subclasses know how."""

    name = ""
    label = ""
    #: 「全Nページ」 of one section can be counted, so letters with it may be joined.
    counts_sections = True

    def convert(self, pieces: Sequence[PrintJob], how: Finish) -> list[Printed | Fault]:
        """The PDFs in order. A letter that isn't right alone is that letter's fault."""
        if len(pieces) > 1 and (self.counts_sections or not any(map(_counts_pages, pieces))):
            with contextlib.suppress(ShikakuError):
                return self._merged(pieces, how)
        return self._singly(pieces, how)

    def close(self) -> None:
        """Each batch closes its own program."""
        return

    @abstractmethod
    def run(self, sources: Sequence[Path], folder: Path, letters: int) -> None:
        """Print each SOURCE.docx to FOLDER/SOURCE.pdf. letters: how many there are in all."""

    def workplace(self) -> Path | None:
        """Where the temporary folder must be; None for the system's place."""
        return None

    def _merged(self, pieces: Sequence[PrintJob], how: Finish) -> list[Printed | Fault]:
        import pikepdf

        document = join([p.docx for p in pieces], pieces[0].title)
        with self._printed({"batch": document}, len(pieces)) as folder:
            file = folder / "batch.pdf"
            if not file.is_file():
                raise PdfError(f"{self.label}がPDFを作りませんでした。")
            with pikepdf.open(io.BytesIO(file.read_bytes())) as whole:
                starts = _starts(whole, len(pieces))
                ends = [*starts[1:], len(whole.pages)]
                return [
                    self._cut(whole, piece, start, end, how)
                    for piece, start, end in zip(pieces, starts, ends, strict=True)
                ]

    def _cut(
        self, whole: "pikepdf.Pdf", piece: PrintJob, start: int, end: int, how: Finish
    ) -> Printed:
        import pikepdf

        pages = list(whole.pages[start:end])
        count = check(whole, piece, pages=pages, text=_text(piece))
        with pikepdf.Pdf.new() as one:
            one.pages.extend(pages)
            for page in one.pages:
                for name in ("/StructParents", "/Annots"):
                    if name in page:
                        del page[name]
            return Printed(finish(one, piece.title, how), count)

    def _singly(self, pieces: Sequence[PrintJob], how: Finish) -> list[Printed | Fault]:
        import pikepdf

        names = [f"letter{i:06d}" for i in range(len(pieces))]
        done: list[Printed | Fault] = []
        documents = dict(zip(names, (p.docx for p in pieces), strict=True))
        with self._printed(documents, len(pieces)) as folder:
            for name, piece in zip(names, pieces, strict=True):
                file = folder / f"{name}.pdf"
                try:
                    if not file.is_file():
                        raise PdfError(
                            f"{piece.who()}の通知書を、{self.label}がPDFにできませんでした。",
                            "Wordファイルを開けるか確かめてください。",
                        )
                    with pikepdf.open(io.BytesIO(file.read_bytes())) as one:
                        pages = check(one, piece, text=_text(piece))
                        done.append(Printed(finish(one, piece.title, how), pages))
                except PdfError as error:
                    done.append(Fault(error.message, error.hint))
                except pikepdf.PdfError:
                    done.append(Fault(f"{piece.who()}の通知書のPDFが壊れています。", ""))
        return done

    @contextlib.contextmanager
    def _printed(self, files: Mapping[str, bytes], letters: int) -> Iterator[Path]:
        """A folder with the PDFs of these documents; gone afterwards."""
        with temporary_files.folder(self.workplace()) as folder:
            sources = []
            for name, data in files.items():
                source = folder / f"{name}.docx"
                source.write_bytes(data)
                sources.append(source)
            self.run(sources, folder, letters)
            yield folder


def _counts_pages(piece: PrintJob) -> bool:
    parts = package.read(piece.docx, "通知書")
    live = package.of_type(parts, "document.main", "header", "footer")
    return any(b"NUMPAGES" in parts[p] or b"SECTIONPAGES" in parts[p] for p in live)


def _text(piece: PrintJob) -> str:
    """All that a letter prints, the template's own words as well."""
    parts = package.read(piece.docx, "通知書")
    live = package.of_type(parts, "document.main", "header", "footer")
    texts = (e.text or "" for p in live for e in package.parse(parts[p]).iter(w("t")))
    return "".join(texts)


def _starts(pdf: "pikepdf.Pdf", count: int) -> list[int]:
    """The first page (from 0) of each letter, by its bookmark. Raises PdfError if one is missing
    or two letters share a page."""
    places: dict[object, int] = {page.objgen: i for i, page in enumerate(pdf.pages)}
    found: dict[str, int] = {}
    for name, target in _targets(pdf):
        if target is not None and len(target) and target[0].objgen in places:
            found.setdefault(name, places[target[0].objgen])
    starts = [found.get(bookmark(i), -1) for i in range(count)]
    if starts[0] != 0 or any(b <= a for a, b in zip(starts, starts[1:], strict=False)):
        raise PdfError("まとめて作ったPDFを1通ずつに分けられませんでした。")
    return starts


def _targets(pdf: "pikepdf.Pdf") -> Iterator[tuple[str, "pikepdf.Array | None"]]:
    """(name, destination) of the named destinations (LibreOffice) and the outline (Word)."""
    import pikepdf

    old = pdf.Root.get("/Dests")
    for name, value in old.items() if old is not None else ():
        yield name.lstrip("/"), _array(value)
    names = pdf.Root.get("/Names")
    if names is not None and "/Dests" in names:
        for name, value in pikepdf.NameTree(names.Dests).items():
            yield name, _array(value)
    outlines = pdf.Root.get("/Outlines")
    queue = [outlines.get("/First")] if outlines is not None else []
    while queue:
        item = queue.pop()
        if item is None:
            continue
        queue += [item.get("/Next"), item.get("/First")]
        action = item.get("/A")
        target = item.get("/Dest", action.get("/D") if action is not None else None)
        yield str(item.get("/Title", "")), _array(target)


def _array(value: "pikepdf.Object | None") -> "pikepdf.Array | None":
    import pikepdf

    if isinstance(value, pikepdf.Dictionary):
        value = value.get("/D")
    return value if isinstance(value, pikepdf.Array) else None

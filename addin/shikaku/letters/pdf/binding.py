"""An employer's letters bound into one PDF, one letter after the other: only one is in memory."""

import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import pikepdf

from shikaku.letters.pdf.finish import Finish, locked
from shikaku.letters.pdf.joint_pdf import Bookmark, JointPdf
from shikaku.letters.pdf.source_file import SourceFile


def bind(
    sources: Iterable[bytes], bookmarks: Sequence[str], title: str, how: Finish, out: BinaryIO
) -> list[int]:
    """Write many PDFs into ``out`` as one, each with its bookmark; the pages of each source.

    sources: they may be read one by one. With a password the whole is in memory once.
    """
    plain = io.BytesIO() if how.password else out
    book, counts, outline = JointPdf(plain), [], []
    for data, name in zip(sources, bookmarks, strict=True):
        source = SourceFile(data)
        pages = book.add(source, 0, len(source.pages), name)
        source.close()
        counts.append(len(pages))
        outline.append(Bookmark(name, pages[0]))
    book.end(title, how, outline)
    if how.password:
        out.write(sealed(plain, how.password))
    return counts


def sealed(whole: BinaryIO, password: str) -> bytes:
    """A finished file, encrypted."""
    with pikepdf.open(whole) as pdf:
        return locked(pdf, password)

"""Letters of several kinds as a few Word files, for a program that takes half a second to start and looks
at a file at a time: each body as a section of its own, everything else as it was."""

import re
from collections import defaultdict
from collections.abc import Iterable

from letterkit import unzipped, zipped

_MAIN = "word/document.xml"
_TITLE = re.compile(rb"(?<=<dc:title>)[^<]*(?=</dc:title>)")
_BODY = re.compile(rb"(<w:document [^>]*><w:body>)(.*)(<w:sectPr>.*</w:sectPr>)(</w:body>.*)", re.S)


def joined(letters: Iterable[bytes]) -> list[bytes]:
    """One file of all letters whose files differ in nothing but body and title."""
    groups = defaultdict(list)
    for letter in letters:
        parts = unzipped(letter)
        rest = {name: _TITLE.sub(b"", data) for name, data in parts.items() if name != _MAIN}
        groups[tuple(sorted(rest.items()))].append(parts)
    return [_as_one(group) for group in groups.values()]


def _as_one(group: list[dict[str, bytes]]) -> bytes:
    found = [_BODY.search(parts[_MAIN]).groups() for parts in group]
    (begin,), (end,) = {one[0] for one in found}, {one[3] for one in found}
    sections = [
        body + b"<w:p><w:pPr>" + page + b"</w:pPr></w:p>" for _, body, page, _ in found[:-1]
    ]
    last = found[-1][1] + found[-1][2]
    return zipped(group[0] | {_MAIN: begin + b"".join(sections) + last + end})

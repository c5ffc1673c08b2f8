"""A letter printed on trial, to know before a run what the embedded engine makes of a template."""

import copy
from collections.abc import Sequence

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text
from shikaku.letters.docx.package import w
from shikaku.letters.pdf.base import Fault, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded

_HINT = (
    "その段落の書式を「標準」に戻してみてください。LibreOfficeかWordがあるPCでは、"
    "そちらでPDFを作ります。"
)


def print_once(docx: bytes, values: Sequence[str]) -> tuple[int | None, list[Problem]]:
    """The pages of a filled letter, None when it can't be printed, and why, with the paragraph."""
    engine = Embedded()
    why = _fault(engine, docx, values)
    if isinstance(why, int):
        return why, []
    text = _culprit(engine, docx)
    message = f"組み込みのPDFエンジンでは印字できません: {why.message}"
    return None, [Problem("warning", "試し印刷", text, message, _HINT, True)]


def _fault(engine: Embedded, docx: bytes, values: Sequence[str] = ()) -> Fault | int:
    """Why a letter can't be printed; its pages when it can."""
    made = engine.convert([PrintJob(docx, "試し印刷", tuple(values))], Finish())[0]
    return made if isinstance(made, Fault) else made.pages


def _culprit(engine: Embedded, docx: bytes) -> str:
    """The text of the first block that can't be printed on its own; "" when each of them can."""
    parts = package.read(docx, "試し印刷")
    main = package.main_part(parts)
    whole = package.parse(parts[main])
    for number, block in enumerate(package.body(whole)):
        if block.tag == w("sectPr"):
            continue
        alone = copy.deepcopy(whole)
        body = package.body(alone)
        for at, other in enumerate(list(body)):
            if at != number and other.tag != w("sectPr"):
                body.remove(other)
        pages = _fault(engine, package.pack({**parts, main: etree.tostring(alone)}, level=1))
        if isinstance(pages, Fault):
            return next((t for p in block.iter(w("p")) if (t := paragraph_text(p).strip())), "")
    return ""

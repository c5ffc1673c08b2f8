"""What a kind of letter needs before the first is made: its template compiled, its engine chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.jinja_syntax import Problem
from shikaku.letters.docx.template import Template
from shikaku.letters.docx.template_reading import load
from shikaku.letters.pdf import choose
from shikaku.letters.template_check import find, try_out
from shikaku.system import resources
from shikaku.system.errors import PdfError, TemplateError

if TYPE_CHECKING:
    from shikaku.letters.pdf.rdocx.prepared_template import Slim


@dataclass(frozen=True, slots=True)
class PreparedKind:
    """lesson: the template, and its slim form for the embedded engine, as workers have them. choice:
    the PDF engine and why, None without PDFs. source: the template file."""

    lesson: "tuple[Template, Slim | None]"
    choice: choose.Choice | None
    source: bytes


def prepare(
    kind: Kind, folders: Sequence[Path], formats: Sequence[str], engine: str, archive: bool
) -> PreparedKind:
    """A kind made ready. folders: where its template is looked for, the user's first. engine: a name
    or ``auto``. archive: PDF/A. Raises TemplateError for a broken template, PdfError when no engine
    can print it so."""
    path = find(kind.kind, folders)
    template = Template(path, kind)
    unsupported = _unsupported(path, kind, "pdf" in formats)
    data = path.read_bytes()
    choice = _choice(kind, unsupported, engine, archive) if "pdf" in formats else None
    slim = None
    if choice is not None and choice.name == "embedded":
        from shikaku.letters.pdf.rdocx.prepared_template import slim_template

        slim = slim_template(data, kind, path.name)
    return PreparedKind((template, slim), choice, data)


def _choice(
    kind: Kind, unsupported: Sequence[Problem], engine: str, archive: bool
) -> choose.Choice:
    lacking = choose.missing()
    if engine in lacking and lacking[engine]:
        raise PdfError(
            f"PDFエンジン「{engine}」を使えません({lacking[engine]})。",
            "--pdf-engine auto にすると、使えるものを選びます。",
        )
    choice = choose.choose(engine, {kind.kind: unsupported})[kind.kind]
    if archive and choice.name != "embedded":
        raise PdfError(
            f"「{kind.title}」は、PDF/Aの形にできません({choice.reason}、{choice.name}で作るため)。",
            "ひな形を「shikaku templates check」で直すか、--pdf-a を付けずに作ってください。",
        )
    return choice


def _unsupported(path: Path, kind: Kind, printed: bool) -> list[Problem]:
    """What the embedded engine can't print of a template. A user's is tried first: TemplateError
    when no letter can be made of it, or trying it takes more time or memory than a letter may.
    printed: whether there are to be PDFs at all."""
    if path.parent == resources.folder("templates"):
        if not printed:
            return []
        from shikaku.letters.pdf.rdocx.unsupported import lint

        return lint(load(path, path.name))
    tried = try_out([(path, kind)])[0]
    error = next((p for p in tried.problems if p.severity == "error"), None)
    if error is not None:
        raise TemplateError(
            f"ひな形「{path.name}」: {error.line()}",
            "「shikaku templates check」で一覧を見て、Wordで直してください。",
        )
    return [p for p in tried.problems if p.embedded]

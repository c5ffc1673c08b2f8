"""``shikaku templates check``: what is wrong with a folder of letter templates."""

import difflib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx import template as template_module
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text, suggestion
from shikaku.letters.docx.package import w
from shikaku.letters.pdf.rdocx.unsupported import lint
from shikaku.system.errors import TemplateError


@dataclass(frozen=True, slots=True)
class Checked:
    """One template file and its problems; ``kind`` is "" for a file of no kind."""

    path: Path
    kind: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """No errors; warnings may be there."""
        return not any(p.severity == "error" for p in self.problems)

    def lines(self) -> list[str]:
        """What to show: the file, then its problems."""
        if not self.problems:
            return [f"○ {self.path.name}"]
        marks = {"error": "エラー", "warning": "注意"}
        first = f"{'○' if self.ok else '×'} {self.path.name}"
        return [first, *(f"   {marks[p.severity]}: {p.line()}" for p in self.problems)]


def find(kind: str, folders: Iterable[Path]) -> Path:
    """A kind's template: the first folder that has it wins. Raises TemplateError if none has."""
    folders = list(folders)
    for folder in folders:
        path = folder / f"{kind}.docx"
        if path.is_file():
            return path
    raise TemplateError(
        f"「{kind}.docx」というひな形が見つかりません。",
        f"フォルダ「{folders[-1] if folders else ''}」にひな形があるか確かめてください。",
    )


def check_file(path: Path, kind: Kind) -> Checked:
    """One template: the fields, the Jinja, a trial letter of the examples, and the lint."""
    try:
        problems = [
            *template_module.problems(path, kind),
            *_swallowed(template_module.load(path, path.name)),
        ]
        if not any(p.severity == "error" for p in problems):
            problems = [*problems, *_trial(path, kind)]
            problems += lint(template_module.load(path, path.name))
    except TemplateError as error:
        problems = [Problem("error", "ファイル", "", error.message, error.hint)]
    return Checked(path, kind.kind, tuple(problems))


def _trial(path: Path, kind: Kind) -> list[Problem]:
    """Fill it with the examples, each list with two entries, and once more with every text empty:
    both ways of each if. A row with more cells than its table has is one whose loop goes over
    cells."""
    template = template_module.Template(path, kind)
    found = []
    for context in (_doubled(kind.example()), _emptied(kind.example())):
        try:
            docx = template.fill(context).docx
        except TemplateError as error:
            return [Problem("error", "試し差し込み", "", error.message, error.hint)]
        found += _too_wide(docx, path.name)
    return list(dict.fromkeys(found))


def _too_wide(docx: bytes, name: str) -> list[Problem]:
    parts = package.read(docx, name)
    root = package.parse(parts[package.main_part(parts)], name)
    return [
        Problem(
            "error",
            "試し差し込み",
            "".join(paragraph_text(p) for p in itertools.islice(row.iter(w("p")), 1)),
            "繰り返すと、表の行ではなくセルが増えます。",
            "表の行を繰り返すには {%tr for … %} と {%tr endfor %} を、それぞれ前後の行に置いてください。",
        )
        for table in root.iter(w("tbl"))
        for row in table.iterchildren(w("tr"))
        if _span(row) > len(table.findall(f"{w('tblGrid')}/{w('gridCol')}"))
    ]


def _span(row: etree._Element) -> int:
    """How many columns of the table a row takes."""
    spans = (cell.find(f"{w('tcPr')}/{w('gridSpan')}") for cell in row.iterchildren(w("tc")))
    return sum(1 if span is None else int(span.get(w("val"), "1")) for span in spans)


def _doubled(context: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v * 2 if isinstance(v, list) else v for k, v in context.items()}


def _swallowed(parts: Mapping[str, bytes]) -> list[Problem]:
    """Cells beside a ``{%tr … %}``: the whole row is the loop's or the condition's, so they go."""
    main = package.parse(parts[package.main_part(parts)])
    found = []
    for row in main.iter(w("tr")):
        texts = [paragraph_text(p) for p in row.iter(w("p"))]
        tags = [text for text in texts if "{%tr " in text]
        rest = [text for text in texts if text.strip() and text not in tags]
        if tags and rest:
            found.append(
                Problem(
                    "error",
                    "本文",
                    rest[0],
                    f"「{tags[0].strip()}」のある行の、ほかの文字は印字されません。",
                    "{%tr … %} だけの行を、前と後ろに1つずつ置いてください。",
                )
            )
    return found


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _emptied(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_emptied(v) for v in value]
    return ""


def files_of(folder: Path, kinds: Iterable[str]) -> dict[str, Path]:
    """The .docx of a user's folder by their names without ending; Word's lock files aside.

    kinds: for the advice how a file is called. Raises TemplateError when the folder isn't there or
    holds none: letters would silently be made of our templates.
    """
    if not folder.is_dir():
        raise TemplateError(
            f"ひな形のフォルダ「{folder}」がありません。", "フォルダの名前を確かめてください。"
        )
    files = {p.stem: p for p in sorted(folder.glob("*.docx")) if not p.name.startswith("~$")}
    if not files:
        raise TemplateError(
            f"フォルダ「{folder}」に .docx のひな形がありません。",
            f"ファイル名は種類の名前にします(例: {next(iter(kinds), 'notice')}.docx)。",
        )
    return files


def require_kinds(folder: Path, kinds: Sequence[str]) -> None:
    """TemplateError when a user's folder would be passed over: it has no template, or one whose
    name is a kind's misspelt. Copies and notes beside the templates are the user's own affair."""
    files = files_of(folder, kinds)
    known = [stem for stem in files if stem in kinds]
    for stem in files:
        near = difflib.get_close_matches(stem, kinds, n=1, cutoff=0.6)
        if stem not in kinds and (not known or (near and near[0] not in files)):
            problem = _unknown(stem, kinds)
            raise TemplateError(
                f"ひな形のフォルダ「{folder}」の「{stem}.docx」: {problem.message}", problem.hint
            )


def check(folder: Path, kinds: Mapping[str, Kind]) -> list[Checked]:
    """All templates of a folder in the order of the kinds; a .docx of no kind is an error.

    Raises TemplateError when the folder isn't there or holds no template.
    """
    files = files_of(folder, kinds)
    found = [check_file(files[k], kinds[k]) for k in kinds if k in files]
    return found + [
        Checked(path, "", (_unknown(stem, list(kinds)),))
        for stem, path in files.items()
        if stem not in kinds
    ]


def _unknown(stem: str, kinds: Sequence[str]) -> Problem:
    return Problem(
        "error",
        "ファイル",
        "",
        f"「{stem}」という通知書の種類はありません。",
        suggestion(stem, kinds),
    )

"""``shikaku templates check``: what is wrong with a folder of letter templates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shikaku.errors import TemplateError
from shikaku.letters import word
from shikaku.letters.lint import lint
from shikaku.letters.model import Kind
from shikaku.letters.syntax import Problem, suggestion


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
        problems = word.problems(path, kind)
        if not any(p.severity == "error" for p in problems):
            problems = [*problems, *_trial(path, kind)]
            problems += lint(word.load(path, path.name))
    except TemplateError as error:
        problems = [Problem("error", "ファイル", "", error.message, error.hint)]
    return Checked(path, kind.kind, tuple(problems))


def _trial(path: Path, kind: Kind) -> list[Problem]:
    """Fill it with the examples, and once more with every text empty: both ways of each if."""
    template = word.Template(path, kind)
    for context in (kind.example(), _emptied(kind.example())):
        try:
            template.fill(context)
        except TemplateError as error:
            return [Problem("error", "試し差し込み", "", error.message, error.hint)]
    return []


def _emptied(value):
    if isinstance(value, Mapping):
        return {k: _emptied(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_emptied(v) for v in value]
    return ""


def check(folder: Path, kinds: Mapping[str, Kind]) -> list[Checked]:
    """All templates of a folder in the order of the kinds; a .docx of no kind is an error.

    Raises TemplateError when the folder isn't there or holds no template.
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

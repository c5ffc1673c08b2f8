"""``shikaku templates check``: what is wrong with a folder of letter templates.

Each template is tried in a process of its own, under a clock and a limit of memory: a template
can be made that never ends, and it must not take the check or a run of letters with it.
"""

import difflib
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shikaku.letters.docx import package
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.jinja_syntax import Problem, suggestion
from shikaku.letters.template_trial import Checked, check_file
from shikaku.system.errors import TemplateError
from shikaku.system.reading import bounded
from shikaku.system.work import Job, Lost
from shikaku.system.worker_pool import Pool

__all__ = ["Checked", "check", "check_file", "find", "require_kinds", "try_out"]

SECONDS = 60.0
"""How long a template may take to be tried; ours take half a second."""
MEMORY = 2 << 30
"""Bytes of data that a process that fills templates may have; it needs a sixth of it."""


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


class _Tester:
    """A worker's state: it has none."""

    def learn(self, name: str, thing: object) -> None:
        """Nothing is shared between templates."""

    def work(self, work: tuple[Path, Kind]) -> Checked:
        """Try a template."""
        return check_file(*work)

    def close(self) -> None:
        """Nothing is open."""


_tried: dict[tuple[bytes, Kind], Checked] = {}
"""What was found, by content: a run of letters asks again what the check has asked."""


def try_out(templates: Sequence[tuple[Path, Kind]], seconds: float = SECONDS) -> list[Checked]:
    """What is wrong with these templates, in their order. Raises ModuleNotFoundError for a library
    that is gone: it is no template's fault."""
    import docxtpl  # noqa: F401  # a process of its own would blame the template

    marks = [(_digest(path), kind) for path, kind in templates]
    wanted = {m: one for m, one in zip(marks, templates, strict=True) if m not in _tried}
    if wanted:
        pool = Pool(_Tester, min(2, len(wanted)), memory=MEMORY)
        try:
            jobs: Iterator[Job] = (Job(one, seconds) for one in wanted.values())
            for job, answer in pool.run(jobs, deque()):
                path, kind = job.work
                found = (
                    _given_up(path, kind, answer, seconds) if isinstance(answer, Lost) else answer
                )
                _tried[_digest(path), kind] = found
        finally:
            pool.close()
    return [replace(_tried[m], path=path) for m, (path, _) in zip(marks, templates, strict=True)]


def _digest(path: Path) -> bytes:
    """Of a file's content; of its name where it can't be read, which the trial will say."""
    try:
        return hashlib.sha256(bounded(path, package.MAX_FILE)).digest()
    except OSError:
        return str(path).encode()


def _given_up(path: Path, kind: Kind, lost: Lost, seconds: float) -> Checked:
    """A template over which the process ran out of time or memory, or died."""
    why = (
        f"試しの差し込みが{seconds:.0f}秒たっても終わりませんでした。"
        if lost.hung
        else "試しの差し込みに、使えるメモリを超えるメモリが要ります。"
        if lost.error == "MemoryError" or not lost.error
        else f"試しの差し込みが途中で異常終了しました({lost.error})。"
    )
    hint = "ひな形での計算と繰り返しを、項目の表示に必要な範囲に減らしてください。"
    return Checked(path, kind.kind, (Problem("error", "試し差し込み", "", why, hint),))


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
    found = try_out([(files[k], kinds[k]) for k in kinds if k in files])
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

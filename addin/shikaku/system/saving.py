"""A workbook put back on disk: only when nobody else has it, only as a whole, its old state kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shikaku.system import commits, file_locks, in_place, snapshots, temporary_files
from shikaku.system.atomic import drafts_of, replacing, short_name
from shikaku.system.errors import BookError, cause
from shikaku.system.reading import read_file

_PATIENCE = 10.0  # seconds to wait for another run of ours


def real_place(path: Path) -> Path:
    """Where a file lies, links followed. Raises BookError for links in a ring and for a name that
    no file can have."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a ring, before Python 3.13
        raise BookError(
            f"「{path.name}」には行き着けません(リンクが輪になっているか、名前に使えない文字があります)。",
            "ファイルの名前と場所を確かめてください。",
        ) from None


def refuse_if_open(path: Path) -> None:
    """Raise BookError when Excel's or LibreOffice's lock file says that the book is open."""
    for place in dict.fromkeys((path, real_place(path))):
        for lock in (f"~${place.name}", f".~lock.{place.name}#"):
            if place.name and place.with_name(lock).exists():
                app = "LibreOffice" if lock.startswith(".") else "Excel"
                raise BookError(
                    f"「{path.name}」は{app}で開いています。",
                    "保存して閉じてから、もう一度実行してください。開いていないのに表示されるときは、"
                    f"同じフォルダーにある「{lock}」(隠しファイル)を削除してください。",
                )


def refuse_if_read_only(path: Path) -> None:
    """Raise BookError for a file that can't be written."""
    real = real_place(path)
    if real.exists() and (not real.stat().st_mode & 0o222 or not os.access(real, os.W_OK)):
        raise BookError(
            f"「{path.name}」は読み取り専用です。",
            "ファイルのプロパティで「読み取り専用」を外すか、別の場所にコピーしてください。",
        )


def save(path: Path, data: bytes, before: bytes, *, keep_old: bool = True) -> None:
    """Put new content in a workbook's place.

    path: the workbook (a link is followed); before: its content when it was read. The old content
    is kept as a state (``snapshots``); not ``keep_old``: none is, and those kept before go (they
    may hold what has just been erased). All or nothing. Raises BookError: open elsewhere, changed
    since it was read, read-only, no permission, no space left.
    """
    refuse_if_open(path)
    real = real_place(path)

    def still_the_same() -> None:
        refuse_if_open(path)
        if read_file(real) != before:
            raise BookError(
                f"「{path.name}」は読み込んだ後に、ほかで変更されました。書き込みは行っていません。",
                "ほかの人やソフトの作業が終わってから、もう一度実行してください。",
            )

    with _alone(real):
        _recovered(real)
        # Left behind by a run that was killed; each holds the whole workbook.
        for draft in drafts_of(real):
            with suppress(OSError):
                draft.unlink()
        still_the_same()
        refuse_if_read_only(path)
        if keep_old:
            _keep(real, before)
        with replacing(real, before=still_the_same) as draft:
            draft.write_bytes(data)
            if not keep_old:  # a run killed after this leaves no copy that nobody looks for
                _forget(real)
        commits.note(path.name)


def recover(path: Path) -> None:
    """Put a workbook right over which a run was killed while it wrote in place; waits for one that
    is at it. Raises BookError."""
    real = real_place(path)
    if real.name and in_place.pending(real):  # no name: the root of a disk, which reading refuses
        with _alone(real):
            _recovered(real)


def _recovered(real: Path) -> None:
    try:
        in_place.recover(real)
    except OSError as error:
        raise BookError(
            f"「{real.name}」への前の書き込みが途中で止まっていて、元に戻せません({cause(error)})。",
            "そのとき書き込んでいた人のパソコンで、もう一度実行してください。",
        ) from None


@contextmanager
def making(path: Path, *, new: bool = False) -> Iterator[Path]:
    """A draft of any file of ours, as ``atomic.replacing`` gives it, for one run at a time; what a
    killed run has left goes first. Raises BookError."""
    real = real_place(path)
    with _alone(real):
        for draft in drafts_of(real):
            with suppress(OSError):
                draft.unlink()
        with replacing(real, new=new) as draft:
            yield draft


def _keep(path: Path, before: bytes) -> None:
    """Keep the old content. Where that is not possible the work goes on: it is said afterwards."""
    try:
        snapshots.keep(path, before)
    except OSError as error:
        commits.remark(
            f"書き込む前の「{path.name}」の控えを残せませんでした({cause(error)})。"
            "shikaku restore では戻せません。"
        )


def _forget(path: Path) -> None:
    """Take the kept states away, and the copy that version 0.1 left beside the workbook. Raises
    BookError when they can't be: the user must know."""
    copy = path.with_name(path.name + ".bak")
    try:
        copy.unlink(missing_ok=True)
        snapshots.forget(path)
    except OSError as error:
        name = Path(error.filename).name if error.filename else copy.name
        raise BookError(
            f"控えの「{name}」を削除できません({cause(error)})。",
            "消去した内容がまだ入っています。このファイルをご自分で削除してください。",
        ) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one run of ours writes a file at a time, whoever runs it and wherever its temporary
    folder is; a killed run's lock is gone by itself."""
    place = file_locks.place_beside(path, short_name(path))
    try:
        with temporary_files.noted(place), file_locks.alone(place, path, _PATIENCE):
            yield
    except file_locks.Busy:
        raise BookError(
            f"「{path.name}」には、もう一つの shikaku が書き込んでいます。",
            "終わるのを待って、もう一度実行してください。",
        ) from None

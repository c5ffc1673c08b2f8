"""控えからの復元: a workbook as it was before one of our writes (``shikaku restore``)."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.desk.retention import erasures
from shikaku.model import settings
from shikaku.system import command_line, saving, snapshots, usage_log
from shikaku.system.errors import BookError, UsageError, cause
from shikaku.system.reading import read_file
from shikaku.workbook.closed_file import read_bytes

_WHEN = "%Y-%m-%d %H:%M:%S"


@dataclass
class RestoreResult:
    """The states that there are (the youngest first), and which one was put back (1 …, 0: none).
    path: as the user gave it."""

    book: str
    path: Path
    states: list[snapshots.State]
    restored: int = 0
    exit_status: int = 0
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict:
        """The states by number, and the one put back."""
        listed = [
            {"no": number, "when": state.when.isoformat()}
            for number, state in enumerate(self.states, 1)
        ]
        return {"book": self.book, "states": listed, "restored": self.restored or None}

    def lines(self) -> list[str]:
        """One line a state, or one on what was put back."""
        if self.restored:
            when = self.states[self.restored - 1].when.strftime(_WHEN)
            return [
                *self.notes,
                f"「{self.book}」を、{when} に書き込む前の内容に戻しました。",
                f"戻す前の内容にするには: {command_line.shown('restore', self.path, '--to', 1)}",
            ]
        listed = [
            f"  {number}: {state.when.strftime(_WHEN)} に書き込む前"
            for number, state in enumerate(self.states, 1)
        ]
        if not listed:
            return [*self.notes, self._none()]
        how = f"戻すには(1番の例): {command_line.shown('restore', self.path, '--to', 1)}"
        return [*self.notes, f"「{self.book}」の控え(新しい順):", *listed, how]

    def _none(self) -> str:
        return f"「{self.book}」の控えはありません(書き込むたびに、新しい順に10個まで残ります)。"


def restore(path: Path, to: int | None = None) -> RestoreResult:
    """List a workbook's states, or put one back; what is there now becomes a state in its turn.

    to: 1 the youngest … 10; None: only list them. States from before an erasure of
    numbers that the workbook has a record of are removed, never put back. Raises UsageError (no such state) and BookError.
    """
    path = Path(path)
    saving.recover(path)
    before = read_file(saving.real_place(path))
    result = RestoreResult(path.name, path, snapshots.states(path))
    if result.states:
        _drop_erased(result, before, path)
    if to is None:
        return result
    number = to
    if not 1 <= number <= len(result.states):
        have = (
            f"控えは1から{len(result.states)}までです" if result.states else "控えはまだありません"
        )
        raise UsageError(
            f"「{path.name}」に、{number}番の控えはありません。",
            f"{have}(「{command_line.shown('restore', path)}」で見られます)。",
        )
    try:
        data = result.states[number - 1].read()
    except OSError as error:
        raise UsageError(
            f"「{path.name}」の控えを読めません({cause(error)})。", "ほかの番号を指定してください。"
        ) from None
    with suppress(BookError):  # one that is damaged is put back all the same
        now = read_bytes(before, path.name)
        usage_log.introduce(path, now.id, settings.read(now).log_folder)
    saving.save(path, data, before)
    result.restored = number
    usage_log.write("restore", path, {"written": 1})
    return result


def _drop_erased(result: RestoreResult, now: bytes, path: Path) -> None:
    """Remove the states that still hold what purge has erased since, on whatever machine. A workbook that
    is damaged now says nothing of that: the youngest of its states that can be read does."""
    erased = _erasures(now, path.name)
    if erased is None:
        result.notes.append(_DAMAGED)
        known = (_erasures(state.read(), path.name) for state in result.states)
        erased = next((count for count in known if count is not None), 0)
    kept = []
    for state in result.states:
        if not erased or (_erasures(state.read(), path.name) or 0) >= erased:
            kept.append(state)
        else:
            state.path.unlink(missing_ok=True)
    if len(kept) < len(result.states):
        result.notes.append("個人番号を消去する前の控えは削除しました。")
    result.states = kept


_DAMAGED = (
    "今のブックは壊れているため、ほかのパソコンで個人番号を消去していても分かりません。"
    "消去したことがあるときは、戻したあとで「purge」をもう一度実行してください。"
)


def _erasures(data: bytes, name: str) -> int | None:
    """How often a workbook says that numbers were erased, None when it can't be read."""
    try:
        return erasures(read_bytes(data, name))
    except BookError:
        return None

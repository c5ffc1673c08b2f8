"""様式の更新: a workbook of an older form into the present one (``shikaku upgrade``)."""

from dataclasses import dataclass, field
from pathlib import Path

from shikaku.forms.upgrade import upgraded
from shikaku.model.schema import schema
from shikaku.system import command_line, saving, usage_log
from shikaku.system.errors import BookError, UsageError
from shikaku.system.reading import read_file


@dataclass
class UpgradeResult:
    """The result of 様式の更新. former, form: 様式の版 before and after; changed: whether the workbook
    had an older one; out: the file made, None when the workbook itself was written. path: of the
    workbook, as the user gave it."""

    book: str
    path: Path
    former: str
    form: str
    changed: bool
    out: Path | None = None
    notes: list[str] = field(default_factory=list)
    exit_status: int = 0

    def to_json(self) -> dict:
        """The form before and after, and what was written."""
        return {
            "book": self.book,
            "from": self.former,
            "to": self.form,
            "upgraded": self.changed,
            "out": self.out.name if self.out else None,
            "notes": self.notes,
        }

    def lines(self) -> list[str]:
        """What became of it."""
        return [*self.notes, self.summary()]

    def summary(self) -> str:
        """One sentence, and the way back."""
        made = f"。書き込み先: {self.out}" if self.out else ""
        if not self.changed:
            return f"「{self.book}」は今の様式({self.former})です。変えるところはありません{made}"
        back = command_line.shown("restore", self.path, "--to", 1)
        way_back = "" if self.out else f"。元に戻すには: {back}"
        return (
            f"「{self.book}」を様式 {self.former} から {self.form} に更新しました"
            f"(入力した行・設定・休日・台帳・履歴、自分で足したシートと列はそのままです){made}{way_back}"
        )


def upgrade(path: Path, out: Path | None = None) -> UpgradeResult:
    """Bring a workbook into the present form, in its place or as a new file ``out``.

    In its place the old file stays as a state that ``restore`` puts back; with ``out`` it stays as it
    is. A workbook of the present form is not touched. Raises UsageError (``out`` is the workbook or
    ends otherwise) and BookError.
    """
    path = Path(path)
    if out is None:
        saving.refuse_if_open(path)
        saving.refuse_if_read_only(path)
    else:
        _refuse_target(path, out)
    saving.recover(path)
    before = read_file(path)
    found = upgraded(before, path.name)
    form = schema().form if found.changed else found.former
    result = UpgradeResult(path.name, path, found.former, form, found.changed, out, found.notes)
    if out is not None:
        with saving.making(out, new=True) as draft:
            draft.write_bytes(found.data)
    elif found.changed:
        saving.save(path, found.data, before)
    usage_log.write("upgrade", path, {"written": int(out is not None or found.changed)})
    return result


def _refuse_target(path: Path, out: Path) -> None:
    if out.suffix.lower() != path.suffix.lower():
        raise UsageError(
            f"「{out.name}」の終わりがブックと違います。",
            f"--out には {path.suffix} で終わる名前を指定してください。",
        )
    if out.exists():
        raise BookError(
            f"「{out.name}」はもうあります。", "--out には、まだない名前を指定してください。"
        )

"""新規ブック: a new employer workbook."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from shikaku.errors import BookError


@dataclass
class NewResult:
    """A workbook made."""

    path: Path
    sample: bool
    exit_status: int = 0

    def to_json(self) -> dict:
        """Where it is."""
        return {"book": self.path.name, "sample": self.sample}

    def lines(self) -> list[str]:
        """One sentence."""
        return [self.summary()]

    def summary(self) -> str:
        """One sentence."""
        kind = "架空の例の入ったブック" if self.sample else "新しいブック"
        return f"{kind}を作りました: {self.path}"


def new(path: Path, *, sample: bool = False) -> NewResult:
    """Make a workbook at ``path``. Never writes over an existing file (BookError)."""
    from shikaku.book import template

    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise BookError(
            f"「{path.name}」には作れません。", "ファイル名の終わりを .xlsx にしてください。"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".shikaku-", dir=path.parent) as folder:
            draft = Path(folder) / "book.xlsx"
            template.build(draft, sample=sample)
            # "x" refuses a file that is already there, also one that came in the meantime.
            with open(draft, "rb") as source, open(path, "xb") as target:
                shutil.copyfileobj(source, target)
                os.fsync(target.fileno())
    except FileExistsError:
        raise BookError(
            f"「{path.name}」はもうあります。", "別の名前にするか、先に移してください。"
        ) from None
    except OSError as error:
        raise BookError(
            f"「{path}」を作れません({type(error).__name__})。",
            "フォルダの書き込みの権限と空き容量を確かめてください。",
        ) from None
    return NewResult(path, sample)

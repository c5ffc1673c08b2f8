"""新規ブック: a new employer workbook."""

from dataclasses import dataclass
from pathlib import Path

from shikaku.system.atomic import replacing
from shikaku.system.errors import BookError, UsageError


@dataclass
class NewResult:
    """A workbook made."""

    path: Path
    sample: bool
    protected: bool = False
    exit_status: int = 0

    def to_json(self) -> dict:
        """Where it is."""
        return {"book": self.path.name, "sample": self.sample, "protected": self.protected}

    def lines(self) -> list[str]:
        """One sentence, and what protection costs."""
        from shikaku.template.protection import COST

        return [self.summary(), COST] if self.protected else [self.summary()]

    def summary(self) -> str:
        """One sentence."""
        kind = "架空の例の入ったブック" if self.sample else "新しいブック"
        return f"{kind}を作りました: {self.path}"


MOST_ROWS = 5_000


def new(
    path: Path, *, sample: bool = False, protect: bool = False, rows: int | None = None
) -> NewResult:
    """Make a workbook at ``path``; protect: with its formulas protected; rows: prepared rows of each
    filing and the ledger (default: a page). Raises BookError for a file that is there already,
    UsageError for a number of rows that isn't 1 to 5,000."""
    from shikaku.template import builder

    path = Path(path)
    if rows is not None and not 1 <= rows <= MOST_ROWS:
        raise UsageError(
            f"用意する行の数が {rows} になっています。", f"1から{MOST_ROWS:,}までにしてください。"
        )
    if path.suffix.lower() != ".xlsx":
        raise BookError(
            f"「{path.name}」には作れません。", "ファイル名の終わりを .xlsx にしてください。"
        )
    with replacing(path, new=True) as draft:
        builder.build(draft, sample=sample, protect=protect, rows=rows)
    return NewResult(path, sample, protect)

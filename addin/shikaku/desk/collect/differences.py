"""差異: what a file says otherwise than the worklist, for the clerk to settle.

Three things are listed: a row that a correction leaves out (it may be withdrawn), a cell that both
the clerk and the sender have changed, and facts of one person that disagree. Nothing is changed by
being listed.
"""

from dataclasses import dataclass

from shikaku.model.schema import schema
from shikaku.model.tables import CellValue, Row
from shikaku.system.masking import masked

ROW = "(届出の行)"
"""The item of a difference about a whole row."""

STANDS, MISSING = "あり", "届いたファイルにはありません"
ANOTHER_NUMBER = "別の番号"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of 差異. sheet: the schema's key; item: a column key, "" for the whole row; ours,
    theirs: as people see them; file: where it came from; receipt_no, number: the row of the
    worklist that is meant, by its origin."""

    sheet: str
    item: str
    ours: str
    theirs: str
    file: str
    receipt_no: str
    number: int
    record: tuple[str, str, str] = ("", "", "")
    name: str = ""

    @property
    def place(self) -> tuple[str, str, int, str]:
        """What it is about: only one of it is listed."""
        return self.receipt_no, self.sheet, self.number, self.item

    def values(self) -> dict[str, CellValue]:
        """The row to write, by column key."""
        spec = schema().sheets[self.sheet]
        symbol, number, branch = self.record
        return {
            "symbol": masked(symbol),
            "number": masked(number),
            "branch": masked(branch),
            "name": masked(self.name),
            "sheet": spec.name,
            "item": spec.label(self.item) if self.item else ROW,
            "ours": masked(self.ours),
            "theirs": masked(self.theirs),
            "file": masked(self.file),
            "receipt_no": self.receipt_no,
            "source_row": self.number,
        }


def read(row: Row) -> Difference | None:
    """A line of the sheet, None for one whose sheet or item nobody knows."""
    sheets = {spec.name: key for key, spec in schema().sheets.items()}
    sheet = sheets.get(row.text("sheet"))
    if sheet is None:
        return None
    spec = schema().sheets[sheet]
    labels = {column.label: key for key, column in (spec.columns | spec.extra).items()}
    item = row.text("item")
    key = "" if item == ROW else labels.get(item)
    if key is None:
        return None
    return Difference(
        sheet,
        key,
        row.text("ours"),
        row.text("theirs"),
        row.text("file"),
        row.text("receipt_no"),
        row.count("source_row") or 0,
        (row.text("symbol"), row.text("number"), row.text("branch")),
        row.text("name"),
    )

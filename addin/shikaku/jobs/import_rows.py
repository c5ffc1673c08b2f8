"""Rows of an HR or core system into a filing sheet or 加入者台帳."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.desk import list_reading
from shikaku.desk.first_rows import first_lines
from shikaku.desk.import_mapping import SHEETS, ImportMapping
from shikaku.desk.row_import import REASONS, NewRow, RowImport, Unwritten
from shikaku.fields import stray_number
from shikaku.jobs.case import Case
from shikaku.live import columns as live_columns
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import CellValue
from shikaku.system import usage_log
from shikaku.system.errors import BookError, UsageError
from shikaku.system.masking import bare
from shikaku.workbook.labels import plain_label
from shikaku.workbook.reader import MAX_ROWS
from shikaku.workbook.session import Session

_SHOWN = ("name", "birth")


@dataclass
class ImportResult:
    """The result of ``import``. new: rows written, or that would be with ``preview``; unwritten:
    lines that somebody must settle; unknown, missing, lost_zeros: headings as ``RowImport`` names
    them; first_row: the Excel row of the first new one, None when there is none."""

    book: str
    as_of: dt.date
    file: str
    sheet: str
    lines_read: int
    new: list[NewRow]
    unwritten: list[Unwritten]
    unknown: list[str]
    missing: list[str]
    lost_zeros: list[str]
    first_row: int | None = None
    written: bool = False
    columns: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """1 while lines are listed."""
        return int(bool(self.unwritten))

    def to_json(self) -> dict[str, object]:
        """Counts, headings, the rows with the person's name, and each line left alone."""
        spec = schema().sheets[self.sheet]
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "file": self.file,
            "sheet": spec.name,
            "lines": self.lines_read,
            "written": self.written,
            "headings": {
                "used": self.columns,
                "unknown": self.unknown,
                "missing": self.missing,
                "numeric": self.lost_zeros,
            },
            "rows": [
                {"line": new.line, "row": row, "name": new.row.text("name")}
                for new, row in zip(self.new, self._rows(), strict=True)
            ],
            "unwritten": [
                {
                    "line": item.line,
                    "reason": item.reason,
                    "message": REASONS[item.reason],
                    "columns": [spec.label(key) for key in item.columns],
                    "rows": list(item.rows),
                    "lines": list(item.lines),
                    **({"more": True} if item.rows.more or item.lines.more else {}),
                }
                for item in self.unwritten
            ],
        }

    def _rows(self) -> list[int]:
        first = self.first_row or 0
        return list(range(first, first + len(self.new)))

    def lines(self) -> list[str]:
        """What headings were not understood, the first new rows, each line left alone, the sum."""
        spec = schema().sheets[self.sheet]
        out = []
        if self.unknown:
            out.append(f"取り込まない見出し: {'、'.join(map(bare, self.unknown))}")
        if self.missing:
            out.append(f"一覧にない必須の項目: {'、'.join(self.missing)}(空欄のまま取り込みます)")
        if self.lost_zeros:
            out.append(
                f"数値のセルになっている項目: {'、'.join(self.lost_zeros)}"
                "(先頭の0が失われていないか確かめてください)"
            )
        new_rows = []
        for new, row in zip(self.new, self._rows(), strict=True):
            texts = [stray_number.hide(new.row.text(key)) for key in _SHOWN]
            shown = " ".join(filter(None, texts))
            new_rows.append(f"  {new.line}行目 → {spec.name} {row}行目 {shown}")
        out += first_lines(new_rows)
        for item in self.unwritten:
            named = "".join(f"「{spec.label(key)}」" for key in item.columns)
            places = [f"{spec.name} {row}行目" for row in item.rows]
            places += [f"一覧の{line}行目" for line in item.lines]
            more = "ほか" if item.rows.more or item.lines.more else ""
            where = f"({'、'.join(places)}{more})" if places else ""
            out.append(f"× {item.line}行目: {named}{REASONS[item.reason]}{where}")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        name = schema().sheets[self.sheet].name
        count = f"{self.lines_read}行のうち{len(self.new)}行"
        if not self.new:
            text = f"{self.lines_read}行のうち、シート「{name}」に取り込む行はありません"
        elif self.written:
            text = f"{count}をシート「{name}」に取り込みました"
        else:
            text = f"{count}をシート「{name}」に取り込めます(まだ書き込んでいません)"
        left = len({item.line for item in self.unwritten})
        return text + (f"。{left}行は取り込みません。確かめて直してください" if left else "")


def import_rows(
    session: Session,
    file: Path,
    *,
    sheet: str,
    mapping: Path | None = None,
    as_of: str | dt.date | None = None,
    preview: bool = False,
) -> ImportResult:
    """Add the lines of a list at the end of a sheet; nothing that stands there is changed.

    file: as ``desk.list_reading`` reads it; sheet: the tab's name or its key; mapping: which
    heading goes into which column; preview: only say what would be done. Raises UsageError (sheet,
    mapping, headings) and BookError (a file that is no list, the workbook).
    """
    file = Path(file)
    key = _sheet_key(sheet)
    rules = ImportMapping.load(mapping)
    case = Case.load(session, as_of)
    case.require_structure()
    listed = list_reading.read(file, rules.known(key))
    found = RowImport(listed, rules, case.book, key)
    spec, table = schema().sheets[key], case.book.tables[key]
    if lacking := found.lacking():
        raise BookError(
            f"シート「{spec.name}」に列「{'」「'.join(lacking)}」がありません。",
            "列を足してから、もう一度実行してください。",
        )
    if len(table.rows) + len(found.rows) > MAX_ROWS:
        raise BookError(
            f"取り込むと、シート「{spec.name}」が{MAX_ROWS:,}行を超えます。",
            "一覧を分け、別々のブックに取り込んでください。",
        )
    result = ImportResult(
        case.name,
        case.as_of,
        bare(file.name),
        key,
        len(listed.records),
        found.rows,
        found.unwritten,
        found.unknown,
        found.missing,
        found.lost_zeros,
        table.last_row + 1 if found.rows else None,
        columns=found.used,
    )
    if found.rows and not preview:
        session.append_rows(key, [_with_results(new, case) for new in found.rows])
        session.commit()
        result.written = True
    counts = {"lines": result.lines_read, "written": len(result.new) if result.written else 0}
    usage_log.write("import", case.book.path, {**counts, "left": len(result.unwritten)})
    return result


def _sheet_key(name: str) -> str:
    """The key of a sheet named by its tab or its key. Raises UsageError."""
    sheets = schema().sheets
    plain = plain_label(name)
    key = next((k for k in SHEETS if plain in (k, plain_label(sheets[k].name))), None)
    if key is None:
        raise UsageError(
            f"--sheet の「{bare(name, 20)}」には取り込めません。",
            f"{'、'.join(sheets[k].name for k in SHEETS)} のどれかを指定してください。",
        )
    return key


def _with_results(new: NewRow, case: Case) -> dict[str, CellValue]:
    """The row's values, with what the sheet's own formulas will show."""
    if new.row.sheet not in FILINGS:
        return new.values
    day = case.settings.as_of or case.as_of
    return new.values | live_columns.values(new.row, case.settings, case.closed, day)

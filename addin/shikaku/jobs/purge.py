"""個人番号 past its retention, listed and erased."""

import datetime as dt
import glob
from pathlib import Path

from shikaku.desk import leftovers, retention
from shikaku.desk.retention import DueCell, PurgeResult
from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import append_history
from shikaku.law import retention as law
from shikaku.model.schema import schema
from shikaku.system import clock, usage_log
from shikaku.system.errors import ShikakuError, cause
from shikaku.system.reading import read_file
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import Session


def purge(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> PurgeResult:
    """List the individual numbers past their retention; with ``write`` erase them.

    What stays is the record of when and how many: a line of 発行履歴 and the usage log. No copy of
    the old file is kept, and nothing else in the book is touched. Raises BookError.
    """
    case = Case.load(session, as_of)
    case.require_structure()
    years = law.years(case.settings.number_retention_years, case.as_of)
    cells = retention.due(case.book, case.as_of, years)
    result = PurgeResult(
        case.name,
        case.as_of,
        years,
        cells,
        retention.undated(case.book, case.as_of, years),
        retention.not_struck_off(case.book, case.as_of, years),
        retention.elsewhere(case.book, case.as_of, years),
    )
    if case.settings.number_retention_years < years:
        label = schema().settings["number_retention_years"].label
        result.notes.append(
            f"設定の「{label}」が法令の{years}年より短いため、{years}年で数えました。"
        )
    if case.as_of > clock.today():
        result.notes.append(
            f"基準日({case.as_of.isoformat()})が今日より後です。まだ保存すべき番号が含まれるおそれが"
            "あります。--as-of と設定の基準日を確かめてください。"
        )
    digits: set[str] = set()
    if write and cells:
        if isinstance(session, ClosedBook):
            session.add_columns(sorted({item.sheet for item in cells}), [retention.ERASED])
        result.notes += _erase(case, session, cells)
        append_history(
            session,
            [
                {
                    "issued": case.as_of,
                    "letter": retention.HISTORY_KIND,
                    "title": retention.HISTORY_TITLE,
                    "remarks": f"{len(cells)}件",
                }
            ],
        )
        digits = retention.erased_digits(case.book, cells)
        session.commit(keep_old=False)
        result.written = True
    counts = {"due": len(cells), "erased": len(cells) if result.written else 0}
    usage_log.write("purge", case.book.path, counts | result.counts)
    if result.written and isinstance(session, ClosedBook):
        result.notes += _left_over(Path(case.book.path), digits)
    elif result.written:
        result.notes.append("Excelで上書き保存すると、ファイルからも消えます。")
    return result


def _erase(case: Case, session: Session, cells: list[DueCell]) -> list[str]:
    """Empty the cells, with the day beside them; the lines to report."""
    session.set_cells([(item.sheet, item.row, retention.KEY, None) for item in cells])
    dated = retention.registrable(case.book, cells)
    session.set_cells([(item.sheet, item.row, retention.ERASED, case.as_of) for item in dated])
    if len(dated) == len(cells):
        return []
    label = schema().sheets["members"].label(retention.ERASED)
    return [
        f"うち {len(cells) - len(dated)}件 は、誤りのある番号かほかの人と同じ番号で、登録された番号ではないため、"
        f"「{label}」を空欄のままにしました。"
    ]


def _left_over(path: Path, digits: set[str]) -> list[str]:
    """Where the erased numbers may still be: in other parts of the file, in copies beside it. The
    numbers are gone from our sheets by now: what can't be looked through is said, and stops nothing."""
    try:
        notes = [left.sentence() for left in leftovers.leftovers(read_file(path), digits)]
    except (OSError, ShikakuError) as error:
        reason = cause(error) if isinstance(error, OSError) else error.message
        notes = [
            f"消去は終わりましたが、ほかに残っていないかは確かめられませんでした({reason})。"
            "ブックの画像や控えなどを、Excelで開いて確かめてください。"
        ]
    copies = (p.name for p in path.parent.glob(f"{glob.escape(path.stem)}*.bak") if p.is_file())
    notes += [
        f"控え「{name}」が残っています。消去前の番号を含むか確かめてください。" for name in copies
    ]
    return notes

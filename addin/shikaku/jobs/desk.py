"""The desk's jobs: a workbook sent and received under a password, statuses, exports, erasure."""

import datetime as dt
import glob
from collections import Counter
from pathlib import Path

from shikaku import audit
from shikaku.book import disk
from shikaku.book.file import ClosedBook
from shikaku.book.package import read_file
from shikaku.book.session import Session
from shikaku.decisions import people
from shikaku.desk import (
    csvin,
    csvout,
    export_map,
    intake,
    merging,
    monthly,
    retention,
    sealed,
    status,
    submission,
)
from shikaku.desk import password as passwords
from shikaku.desk.collecting import CollectResult, read_files
from shikaku.desk.export import ExportResult, Filled, Filler, workbook
from shikaku.desk.monthly import StatusResult
from shikaku.desk.retention import PurgeResult
from shikaku.desk.submission import SubmitResult
from shikaku.desk.taking import INSURER, Taken
from shikaku.desk.worklist import Worklist
from shikaku.errors import BookError, UsageError
from shikaku.jobs.base import Case, day, refuse_over
from shikaku.law import parameters
from shikaku.schema import schema


def submit(
    session: Session,
    out: Path,
    password_file: Path | None = None,
    *,
    password: str | None = None,
    allow_errors: bool = False,
    as_of: str | dt.date | None = None,
) -> SubmitResult:
    """Check a workbook and put a copy under a password for the insurer, with its receipt.

    session: of a saved workbook; its file is read once, checked, encrypted. password_file: the
    password is its first line; password: itself, from callers that have asked the user for it.
    With errors nothing is written unless ``allow_errors``. Raises UsageError and BookError.
    """
    out = Path(out)
    path = Path(session.read().path)
    if password is None:
        password = passwords.read(password_file) if password_file else ""
    passwords.refuse_poor(password)
    snapshot = submission.Snapshot(path)
    submission.refuse_target(path, out)
    case = Case.load(snapshot, as_of)
    case.require_structure()
    sheets = submission.by_sheet(case.book, case.findings)
    result = SubmitResult(case.name, case.as_of, out, case.findings, sheets)
    try:
        disk.refuse_if_open(path)
    except BookError:
        result.notes.append(
            f"「{path.name}」は開かれています。保存していない変更は写しに入っていません。"
        )
    if allow_errors or not result.counts["error"]:
        today = day(as_of) or dt.date.today()
        submission.write(result, snapshot.data, password, case.settings, today)
    rows = {"rows": sum(count for _, count, _, _ in sheets)}
    outcome = "done" if result.made else "failed"
    audit.write("submit", path, result.counts | rows, outcome)
    return result


def collect(
    folder: Path,
    out: Path,
    password_file: Path | None = None,
    *,
    as_of: str | dt.date | None = None,
) -> CollectResult:
    """Bring the workbooks of a folder together in one, and keep a list of receipts in it.

    folder: looked through with the folders below it. out: a new workbook, or the worklist of an
    earlier day, which goes on. password_file: one password a line. as_of: the day of taking,
    default today. Raises UsageError (no folder, no workbook in it) and BookError (the worklist).
    """
    folder, out = Path(folder), Path(out)
    today = day(as_of) or dt.date.today()
    tried = passwords.read_all(password_file) if password_file else []
    found = intake.scan(folder, leave_out=[out, *([password_file] if password_file else [])])
    worklist = Worklist.open(out) if out.exists() else None
    if not found.books and worklist is None:
        raise UsageError(
            f"フォルダー「{folder.name}」に届出のブック(.xlsx、.xlsm)がありません。",
            "届いたブックを入れたフォルダーを指定してください。",
        )
    known = _known(worklist)
    files = [item for item in found.books if audit.fingerprint(item.path) not in known]
    taken = list(read_files(files, tried, today))
    worklist = worklist or Worklist.new(out, _agreed(taken))
    before = {receipt.receipt_no for receipt in worklist.receipts}
    merged = merging.merge(worklist.receipts, worklist.standing(), taken, today)
    worklist.put(merged, today)
    result = CollectResult(
        out,
        today,
        sorted((r for r in merged.receipts if r.fresh), key=lambda r: r.order),
        found.others,
        found.closed,
        [r for r in merged.receipts if r.changed and not r.fresh and r.receipt_no in before],
        len(found.books) - len(files),
        found.debris,
        worklist.rows(merged),
    )
    if worklist.is_new:
        result.notes.append(
            "設定の保険者名などは、届いたブックの記載が一致したものだけを入れました。"
            "通知書を作る前に、シート「設定」を確かめてください。"
        )
    worklist.save()
    audit.write("collect", out, result.counts | {"rows": sum(result.rows.values())})
    return result


def _known(worklist: Worklist | None) -> set[str]:
    """Fingerprints of the files that were taken, or found to be copies, on an earlier day."""
    receipts = worklist.receipts if worklist else ()
    return {r.fingerprint for r in receipts if r.state != "unreadable"} - {""}


def _agreed(taken: list[Taken]) -> dict[str, str]:
    """What the workbooks say about the insurer, where all of those that say it say the same."""
    agreed = {}
    for key in INSURER:
        said = Counter(t.insurer[key] for t in taken if not t.problem and key in t.insurer)
        if len(said) == 1:
            agreed[key] = next(iter(said))
    return agreed


def status_import(
    session: Session,
    file: Path,
    *,
    mapping: Path | None = None,
    as_of: str | dt.date | None = None,
    write: bool = True,
    report: Path | None = None,
) -> StatusResult:
    """Match the list of Myna card registrations with 加入者台帳, and say whose certificate turns.

    file: the CSV; mapping: which columns and values it has; write: put the cells into the book, else
    only say which;
    report: a CSV with the people whose decision changes. Raises UsageError (mapping, headings) and
    BookError (a broken CSV with its line, the workbook).
    """
    file = Path(file)
    rules = status.Mapping.load(mapping)
    case = Case.load(session, as_of)
    if report is not None:
        refuse_over(Path(report), ".csv", case.book.path, file)
    case.require_structure()
    listed = csvin.read(file)
    found = status.Import(listed, rules, case.book, case.as_of)
    lacking = status.lacking_columns(case.book, found.changes)
    if lacking:
        raise BookError(
            f"シート「{schema().sheets['members'].name}」に列「{'」「'.join(lacking)}」がありません。",
            "列を足してから、もう一度実行してください。",
        )
    after = people.decide_all(
        status.applied(case.book, found.changes), case.settings, case.as_of, case.closed
    )
    look = monthly.last_look(case.book, case.as_of)
    then = people.decide_all(case.book, case.settings, look, case.closed)
    result = StatusResult(
        case.name,
        case.as_of,
        intake.shown(file.name),
        listed.encoding,
        len(listed.records),
        found.matched,
        found.changes,
        found.left,
        monthly.turns(case.decisions, after, then, found.changes),
    )
    if report is not None:
        with disk.making(Path(report)) as draft:
            draft.write_bytes(monthly.report(result.turns))
        result.report = Path(report)
    if write and found.changes:
        session.set_cells([("members", c.row, c.key, c.value) for c in found.changes])
        session.commit()
    result.written = write
    counts = {"lines": result.lines_read, "matched": found.matched, "left": len(found.left)}
    counts |= {"changes": len(found.changes), "written": int(write)}
    audit.write("status-import", case.book.path, counts)
    return result


def export(
    session: Session,
    out: Path,
    *,
    mapping: Path | None = None,
    encoding: str = "utf-8",
    password_file: Path | None = None,
    as_of: str | dt.date | None = None,
) -> ExportResult:
    """Write 資格取得届 and 資格喪失届 as CSV files by a mapping.

    out: the folder; encoding: utf-8 (with a BOM) | shift_jis (JIS X 0208). A mapping that asks for
    個人番号 needs ``password_file``: that file becomes an encrypted .xlsx. Raises UsageError and
    BookError.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise UsageError(
            f"「{out.name}」はフォルダーではありません。",
            "--out には書き出し先のフォルダーを指定してください。",
        )
    maps = export_map.load(mapping)
    secret = passwords.read(password_file) if password_file else None
    if secret is None and any(m.has_numbers for m in maps):
        raise UsageError(
            "対応表が個人番号を求めていますが、パスワードがありません。",
            "個人番号を含むファイルは暗号化したブックにします。--password-file を指定するか、"
            "対応表から個人番号の列を外してください。",
        )
    for item in maps:
        _refuse_plain(_target(item, out))
    case = Case.load(session, as_of)
    case.require_structure()
    filled = [Filler(m, case.book, encoding).fill() for m in maps]
    result = ExportResult(case.name, case.as_of, encoding, out, filled)
    names = {schema().sheets[m.sheet].name for m in maps}
    result.errors = sum(1 for f in case.findings if f.severity == "error" and f.sheet in names)
    for item in filled:
        if not item.problems:
            result.files.append(_write_export(item, out, encoding, secret))
    rows = sum(count for _, count in result.files)
    audit.write("export", case.book.path, {"files": len(result.files), "rows": rows})
    return result


def _target(file_map: export_map.FileMap, out: Path) -> Path:
    path = out / file_map.file
    return path.with_suffix(".xlsx") if file_map.has_numbers else path


def _refuse_plain(path: Path) -> None:
    """Raise BookError for a workbook that stands in the way: only an older export gives way."""
    if path.suffix == ".xlsx" and path.exists() and not sealed.is_sealed(read_file(path)):
        raise BookError(
            f"「{path.name}」はもうあり、書き出したファイルではありません。",
            "--out に別のフォルダーを指定するか、対応表の file を別の名前にしてください。",
        )


def _write_export(item: Filled, out: Path, encoding: str, secret: str | None) -> tuple[Path, int]:
    """Write one file; its path and how many rows it has."""
    count = len(item.rows) - item.map.header
    path = _target(item.map, out)
    if not item.map.has_numbers:
        with disk.making(path) as draft:
            draft.write_bytes(csvout.encoded(item.rows, csvout.Dialect(encoding, item.map.quote)))
        return path, count
    plain = workbook(item)
    with disk.making(path) as draft:
        draft.write_bytes(sealed.seal(plain, secret))
        sealed.prove(draft, plain, secret, path.name)
    return path, count


def purge(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> PurgeResult:
    """List the individual numbers past their retention; with ``write`` erase them.

    What stays is the record of when and how many: a line of 発行履歴 and the usage log. No copy of
    the old file is kept, and nothing else in the book is touched. Raises BookError.
    """
    case = Case.load(session, as_of)
    case.require_structure()
    by_law = parameters.value("filing.retention_years", case.as_of) or 0
    years = max(case.settings.number_retention_years, by_law)
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
    if case.settings.number_retention_years < by_law:
        label = schema().settings["number_retention_years"].label
        result.notes.append(
            f"設定の「{label}」が法令の{by_law}年より短いため、{by_law}年で数えました。"
        )
    if case.as_of > dt.date.today():
        result.notes.append(
            f"基準日({case.as_of.isoformat()})が今日より後です。まだ保存すべき番号が含まれるおそれが"
            "あります。--as-of と設定の基準日を確かめてください。"
        )
    if write and cells:
        session.set_cells([(item.sheet, item.row, retention.KEY, None) for item in cells])
        session.append_history(
            [
                {
                    "issued": case.as_of,
                    "letter": retention.HISTORY_KIND,
                    "title": retention.HISTORY_TITLE,
                    "remarks": f"{len(cells)}件",
                }
            ]
        )
        texts = retention.spellings(case.book, cells)
        session.commit(keep_old=False)
        result.written = True
        if isinstance(session, ClosedBook):
            result.notes += _left_over(Path(case.book.path), texts)
        else:
            result.notes.append("Excelで上書き保存すると、ファイルからも消えます。")
    counts = {"due": len(cells), "erased": len(cells) if result.written else 0}
    audit.write("purge", case.book.path, counts | result.counts)
    return result


def _left_over(path: Path, texts: set[str]) -> list[str]:
    """Where the erased numbers may still be: in other parts of the file, in copies beside it."""
    notes = [
        f"ブックの内部の「{name}」に、消去した番号と同じ文字が残っています"
        "(ピボットテーブルの控えなど)。Excelで開いて確かめてください。"
        for name in retention.traces(path, texts)
    ]
    copies = (p.name for p in path.parent.glob(f"{glob.escape(path.stem)}*.bak") if p.is_file())
    notes += [
        f"控え「{name}」が残っています。消去前の番号を含むか確かめてください。" for name in copies
    ]
    return notes

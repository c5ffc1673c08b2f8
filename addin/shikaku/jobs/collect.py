"""Many employers' workbooks into one worklist."""

import datetime as dt
from collections import Counter
from pathlib import Path

from shikaku.desk.collect import inbox, merging
from shikaku.desk.collect.reading import INSURER, Taken
from shikaku.desk.collect.results import CollectResult, read_files
from shikaku.desk.collect.worklist import Worklist
from shikaku.jobs.case import day
from shikaku.system import clock, passwords, usage_log
from shikaku.system.errors import UsageError


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
    today = day(as_of) or clock.today()
    tried = passwords.read_all(password_file) if password_file else []
    found = inbox.scan(folder, leave_out=[out, *([password_file] if password_file else [])])
    worklist = Worklist.open(out) if out.exists() else None
    if not found.books and worklist is None:
        raise UsageError(
            f"フォルダー「{folder.name}」に届出のブック(.xlsx、.xlsm)がありません。",
            "届いたブックを入れたフォルダーを指定してください。",
        )
    known = _known(worklist)
    files = [item for item in found.books if usage_log.fingerprint(item.path) not in known]
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
    usage_log.write("collect", out, result.counts | {"rows": sum(result.rows.values())})
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

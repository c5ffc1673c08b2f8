"""Many employers' workbooks into one worklist."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from shikaku.desk.collect import inbox, merging, rules
from shikaku.desk.collect.inbox import Attachment, Found
from shikaku.desk.collect.reading import INSURER, Taken, take
from shikaku.desk.collect.received import Receipt
from shikaku.desk.collect.results import CollectResult, read_files
from shikaku.desk.collect.worklist import Worklist
from shikaku.jobs.case import day
from shikaku.model.schema import schema
from shikaku.system import clock, passwords, usage_log
from shikaku.system.errors import BookError, UsageError

_WITHDRAWN = (
    "加入者台帳に反映ずみの届出を取り下げました。台帳の行を元に戻し、交付した資格確認書は、手渡す前なら"
    "返納管理の「処理」に「発行取消」と書き、手渡したあとなら返してもらってください"
)
_NO_INSURER = "シート「設定」の保険者番号が空欄なので、別の保険者あてのブックを見分けられません。入力してください。"
_AGREED_ONLY = (
    "設定の保険者名などは、届いたブックの記載が一致したものだけを入れました。"
    "通知書を作る前に、シート「設定」を確かめてください。"
)


def collect(
    folder: Path,
    out: Path,
    password_file: Path | None = None,
    *,
    as_of: str | dt.date | None = None,
    accept: bool = False,
) -> CollectResult:
    """Bring the workbooks of a folder together in one, and keep a list of receipts in it.

    folder: looked through with the folders below it. out: a new workbook, or the worklist of an
    earlier day, which goes on. password_file: one password a line. as_of: the day of taking,
    default today. accept: first take over the lines of 差異 marked 採用. Raises UsageError (no folder,
    no workbook in it) and BookError (the worklist).
    """
    folder, out = Path(folder), Path(out)
    today = day(as_of) or clock.today()
    tried = passwords.read_all(password_file) if password_file else []
    found = inbox.scan(folder, leave_out=[out, *([password_file] if password_file else [])])
    worklist = _earlier(out, found, folder)
    if worklist is not None and accept:
        worklist = worklist.accept(_again(found, tried, today))
    known = _known(worklist)
    files = [item for item in found.books if item.fingerprint not in known]
    taken = list(read_files(files, tried, today))
    adopted = worklist is None or worklist.adopt(_agreed(taken))
    worklist = worklist or Worklist.new(out, _agreed(taken))
    for one in taken:
        if not one.problem:
            one.notes += rules.remarks(one, worklist.settings, worklist.closed_days)
    before = {receipt.receipt_no for receipt in worklist.receipts}
    aside = _aside(found.others, worklist)
    merged = merging.merge(
        worklist.receipts, worklist.standing(), [*taken, *aside], today, worklist.known()
    )
    worklist.add_employers(taken)
    worklist.put(merged, today)
    fresh, altered = _looked_at(merged.receipts, before)
    result = CollectResult(
        out,
        today,
        fresh,
        found.closed,
        altered,
        len(found.books) - len(files),
        found.debris,
        worklist.rows(merged),
        [*(_about_accepted(worklist) if accept else ()), *_notes(worklist, adopted=adopted)],
        worklist.unsettled,
    )
    _introduce(worklist, out)
    worklist.save()
    usage_log.write("collect", out, result.counts | {"rows": sum(result.rows.values())})
    return result


def _earlier(out: Path, found: Found, folder: Path) -> Worklist | None:
    """The worklist that goes on, None for a new one. Raises UsageError when there is nothing to take."""
    if out.exists():
        return Worklist.open(out)
    if not found.books:
        raise UsageError(
            f"フォルダー「{folder.name}」に届出のブック(.xlsx、.xlsm、.xls、.ods、.zip の中のブック)がありません。",
            "届いたブックを入れたフォルダーを指定してください。",
        )
    return None


def _looked_at(
    receipts: Sequence[Receipt], before: set[str]
) -> tuple[list[Receipt], list[Receipt]]:
    """This run's receipts in their order, and those of earlier days (by number) that have changed."""
    fresh = sorted((r for r in receipts if r.fresh), key=lambda r: r.order)
    return fresh, [r for r in receipts if r.changed and not r.fresh and r.receipt_no in before]


def _about_accepted(worklist: Worklist) -> list[str]:
    """What has become of the lines of 差異 marked 採用."""
    sheet = f"シート「{schema().desk['differences'].name}」"
    found = []
    if worklist.accepted:
        found.append(f"{sheet}の採用 {worklist.accepted}件 を取り入れました。")
    if worklist.waiting:
        found.append(
            f"{sheet}の採用のうち {worklist.waiting}件 は取り入れられませんでした"
            "(届いたファイルがフォルダーにないか、行がありません)。"
        )
    return found or [f"{sheet}に、判断が採用の行はありません。"]


def _notes(worklist: Worklist, *, adopted: bool) -> list[str]:
    """What the clerk should know: of 設定, and of filings that were withdrawn too late. adopted: 設定 is
    what the workbooks say."""
    if adopted:
        return [_AGREED_ONLY]
    found = [] if worklist.known().insurer_number else [_NO_INSURER]
    if worklist.withdrawn_late:
        found.append(f"{_WITHDRAWN}: {'、'.join(worklist.withdrawn_late)}")
    return found


def _introduce(worklist: Worklist, out: Path) -> None:
    """Where the usage log of this worklist goes, too."""
    with suppress(BookError):  # a wrong setting is none of collect's business
        usage_log.introduce(out, worklist.book.id, worklist.settings.log_folder)


def _known(worklist: Worklist | None) -> set[str]:
    """Fingerprints of the files that were taken, or found to be copies, on an earlier day."""
    receipts = worklist.receipts if worklist else ()
    return {r.fingerprint for r in receipts if r.state not in merging.LISTED_AGAIN} - {""}


def _aside(others: Iterable[Attachment], worklist: Worklist) -> list[Taken]:
    """The files that are no workbooks and stand in no line of 受付一覧 yet."""
    listed = {(r.file, r.fingerprint) for r in worklist.receipts}
    found = []
    for item in others:
        fingerprint = item.fingerprint
        if (item.shown, fingerprint) not in listed:
            found.append(Taken(item, fingerprint, problem=item.reason, aside=True))
    return found


def _again(
    found: Found, tried: Sequence[str], today: dt.date
) -> Callable[[str, str], Taken | None]:
    """A function that reads a file of the folder anew, by its fingerprint and name."""

    def read(fingerprint: str, name: str) -> Taken | None:
        for item in found.books:
            if item.shown == name and item.fingerprint == fingerprint:
                taken = take(item, list(tried), today)
                return None if taken.problem else taken
        return None

    return read


def _agreed(taken: list[Taken]) -> dict[str, str]:
    """What the workbooks say about the insurer, where all of those that say it say the same; the
    保険者番号 also where most of them do, since a book for another insurer may be among them: what that
    one says of its own doesn't count."""
    insurers = [t.insurer for t in taken if not t.problem]
    most = Counter(one[_NUMBER] for one in insurers if _NUMBER in one).most_common(2)
    clear = len(most) == 1 or len(most) == 2 and most[0][1] > most[1][1]
    agreed = {_NUMBER: most[0][0]} if clear else {}
    mine = [one for one in insurers if not merging.is_anothers(one, agreed.get(_NUMBER, ""))]
    for key in INSURER:
        words = {one[key] for one in mine if key in one}
        if key != _NUMBER and len(words) == 1:
            agreed[key] = words.pop()
    return agreed


_NUMBER = "insurer_number"

"""通知書の一括作成: the letters that are due, made and recorded in 発行履歴."""

import datetime as dt
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import append_history, write_ledger
from shikaku.letters.bulk.letter_result import LetterResult, result_for
from shikaku.letters.catalogue import KINDS, PER
from shikaku.letters.contexts import due, notices, selection
from shikaku.letters.model import Letter
from shikaku.model.employers import is_stand_in
from shikaku.model.schema import schema
from shikaku.returns import issued
from shikaku.returns.ledger import LedgerPlan, update
from shikaku.returns.stages import STEPS, due_letters, held_letters
from shikaku.system import commits, masking, resources, usage_log
from shikaku.system.atomic import drafts_of, make_folders, replacing
from shikaku.system.errors import ShikakuError, cause
from shikaku.workbook.session import Session

if TYPE_CHECKING:
    from shikaku.system.work import Workers

RETURN_KINDS = tuple(STEPS)
"""Kinds that the steps of the ledger call for."""

BY_DEFAULT = tuple(k for k in KINDS if k not in ("notice-digits", "not-filed"))
"""What a run without ``--kind`` makes: the last four digits are printed only when asked for, and
when it is time to ask after a month's filings the insurer knows."""

SUMMARY = "summary.json"
_MINUTE = 60.0


@dataclass(frozen=True)
class Options:
    """How letters come out: formats, PDF engine, the user's own templates, a password, ``again``:
    also what was issued before, archive: PDF/A-2, per: person | employer | None (each kind's own way). people,
    places: for these alone, by 記号-番号-枝番, or by (sheet key, Excel row). progress:
    called with (letters made, letters wanted, how many of the made ones a run that broke off had
    left). quiet: nothing is printed, no bar and no sum."""

    formats: tuple[str, ...] = ("docx", "pdf")
    engine: str = "auto"
    templates: Path | None = None
    password: str | None = field(default=None, repr=False)
    archive: bool = False
    again: bool = False
    per: str | None = None
    people: Sequence[str] = ()
    places: Sequence[tuple[str, int]] = ()
    progress: Callable[[int, int, int], None] | None = field(default=None, repr=False)
    quiet: bool = False


class HeldLetter(NamedTuple):
    """A letter that isn't made yet. waiting_for: what has to be typed; sheet, row: where, "" and 0 where
    that isn't said; control_no: the document's; why: in words."""

    kind: str
    name: str
    waiting_for: str
    sheet: str = ""
    row: int = 0
    control_no: str = ""
    why: str = ""

    def line(self) -> str:
        """For the screen, of one whose place is known."""
        place = f"{self.sheet} {self.row}行目" if self.row else self.sheet
        who = " ".join(filter(None, (self.control_no, self.name)))
        return f"  保留({KINDS[self.kind].title}): {place} {who}: {self.why}"


@dataclass
class LettersResult:
    """The result of 通知書の作成. made: files by kind; failed: (kind, name, reason).
    plan: the return ledger as it is after them. held: letters
    that lack something in the workbook. digits_waiting: people still without the notice with
    digits. of_day: all letters of the folder that were issued on the day. nameless: employers that
    are written to by their 記号, no sheet having their name."""

    book: str
    as_of: dt.date
    out: Path
    made: Counter[str]
    failed: list[tuple[str, str, str]]
    engine: str
    plan: LedgerPlan
    held: list[HeldLetter]
    digits_waiting: int = 0
    of_day: Sequence[LetterResult] = field(default_factory=list, repr=False)
    nameless: Sequence[str] = ()

    @property
    def exit_status(self) -> int:
        """1 when somebody's letter could not be made."""
        return 1 if self.failed else 0

    def to_json(self) -> dict[str, Any]:
        """Counts by kind, and who failed and why."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "out": str(self.out),
            "pdf_engine": self.engine,
            "letters": dict(self.made),
            "held": [one._asdict() for one in self.held],
            "failed": [dict(zip(("kind", "name", "reason"), f, strict=True)) for f in self.failed],
        }

    def counted(self) -> dict[str, Any]:
        """The same in counts, as ``summary.json`` keeps it: who it was is in ``index.csv``."""
        return self.to_json() | {"held": len(self.held), "failed": len(self.failed)}

    def lines(self) -> list[str]:
        """One line a kind, one a failure, then the sum."""
        out = [f"  {KINDS[kind].title}({kind}): {n}通" for kind, n in self.made.items()]
        out += [one.line() for one in self.held if one.sheet]
        rest = [one for one in self.held if not one.sheet]
        for what in dict.fromkeys(one.waiting_for for one in rest):
            names = [one.name for one in rest if one.waiting_for == what]
            several = _some(list(dict.fromkeys(names)))
            out.append(f"  「{what}」の記入を待って保留: {several}({len(names)}通)")
        out += [
            f"  作れませんでした: {KINDS[k].title}{f' {name}' if name else ''}: {why}"
            for k, name, why in self.failed
        ]
        if self.nameless:
            more = f" ほか{len(self.nameless) - 3}" if len(self.nameless) > 3 else ""
            out.append(
                f"  事業所名称が分からないあて先: {'、'.join(self.nameless[:3])}{more}。シート「事業所」に"
                "記号と事業所名称を入れると、次からその名前で作ります(受付番号のものは、届出の行の"
                "「事業所名称」に入れます)"
            )
        if self.digits_waiting:
            out.append(
                f"  {KINDS['notice-digits'].title}: 未発行 {self.digits_waiting}人"
                "(個人番号の下4桁を印字するため、この種類を選んだとき(コマンドでは"
                " --kind notice-digits)だけ作ります)"
            )
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        if not self.made and not self.failed and not self.held:
            return "新しく作る通知書はありません(発行済みのものは --again で作り直せます)。"
        text = f"通知書を {sum(self.made.values())}通 作りました(PDF: {self.engine or 'なし'})"
        failed = f"。{len(self.failed)}通は作れませんでした" if self.failed else ""
        return f"{text}{failed}: {self.out}"


def letters(
    session: Session,
    out: Path,
    *,
    kinds: Sequence[str] | None = None,
    as_of: str | dt.date | None = None,
    members: Path | None = None,
    cluster: str | None = None,
    **options: Any,
) -> LettersResult:
    """Make the letters that are due and record them in 発行履歴 (certificates in 返納管理, too).

    kinds: of the catalogue, None for all but ``notice-digits``. members: a file with 加入者台帳.
    cluster: the address of a scheduler. options: those of ``Options``.
    """
    with Case.opened(session, as_of, members, cluster) as case:
        case.require_structure()
        chosen = Options(**options)
        plan = update(case.book, case.settings, case.as_of, case.closed)
        result = make(case, Path(out), kinds or BY_DEFAULT, chosen, plan)
    session.commit()
    usage_log.write("letters", case.book.path, dict(result.made))
    write_summary(result.out, result.counted())
    return result


def due_kinds(
    session: Session,
    *,
    people: Sequence[str] = (),
    places: Sequence[tuple[str, int]] = (),
    as_of: str | dt.date | None = None,
) -> tuple[list[str], list[tuple[str, tuple[str, ...]]]]:
    """Which kinds a run would make now for these people alone, and which wait for something.

    people, places: as in ``Options``. Returns the kinds, and (kind, columns to be filled in first).
    """
    case = Case.load(session, as_of)
    case.require_structure()
    plan = update(case.book, case.settings, case.as_of, case.closed)
    source = _narrowed(letter_source(case, plan, BY_DEFAULT), Options(people=people, places=places))
    found = due.due(BY_DEFAULT, source)
    held = {letter.kind: letter.lacking for letter in found.held}
    return list(dict.fromkeys(letter.kind for letter in found.ready)), list(held.items())


def write_summary(out: Path, data: dict) -> None:
    """``OUT/summary.json``: what the last run did, in counts. The job is done by now: where the
    file can't be written, that is said beside the result."""
    try:
        for old in drafts_of(out / SUMMARY):  # a killed run's; a younger one may be another run's
            with suppress(OSError):
                if time.time() - old.stat().st_mtime > _MINUTE:
                    old.unlink()
        with replacing(out / SUMMARY) as draft:
            text = masking.as_json(data) + "\n"
            draft.write_bytes(text.encode("utf-8", "replace"))
    except (OSError, ShikakuError) as error:
        reason = cause(error) if isinstance(error, OSError) else error.message
        commits.remark(f"「{SUMMARY}」を書けませんでした({reason})。通知書と記録は作成済みです。")


def make(
    case: Case, out: Path, kinds: Iterable[str], options: Options, plan: LedgerPlan
) -> LettersResult:
    """Make the letters; put the records into the case's session, uncommitted."""
    from shikaku.letters.bulk import produce

    kinds = tuple(kinds)
    _refuse_early(case, kinds, options)
    source = _narrowed(letter_source(case, plan, kinds), options)
    found = due.due(kinds, source, options.per, again=options.again)
    total, ready, found.ready = len(found.ready), deque(found.ready), []
    report = produce.produce(
        ready,
        out,
        kinds=KINDS,
        formats=options.formats,
        per=options.per or PER,
        engine=options.engine,
        templates_dirs=list(filter(None, (options.templates, resources.folder("templates")))),
        password=options.password,
        archive=options.archive,
        as_of=case.as_of,
        on_done=_counted(options.progress, total),
        progress=not options.quiet,
        waiting=_waiting(kinds, found),
        workers=_workers(case, out),
        only=source.only,
        again=options.again,
    )
    _list_like_members(case, report.index)
    made = report.made
    record = _recorded(case, made, plan, source)
    refused = [(r.kind, "", _why_refused(r)) for r in found.refused]
    held = [_held(letter) for letter in found.held] + _in_doubt(source, plan, kinds)
    return LettersResult(
        case.name,
        case.as_of,
        out,
        Counter(result.kind for result in made),
        refused + [(r.kind, _some([p.name for p in r.people]), r.reason) for r in report.faults],
        "、".join(sorted({choice.name for choice in report.engines.values()})),
        record.plan,
        held,
        notices.digits_waiting(source) if kinds == BY_DEFAULT else 0,
        report.of_day,
        sorted({result.group for result in made if is_stand_in(result.group)}),
    )


def _list_like_members(case: Case, index: Path | None) -> None:
    """``index.parquet`` beside ``index.csv`` where 加入者台帳 is Parquet: what reads the one reads the
    other."""
    if index is None or case.members is None:
        return
    from shikaku.desk import members_file, table_file

    if members_file.is_parquet(case.members):
        table_file.as_parquet(index)


def _recorded(
    case: Case, made: Sequence[LetterResult], plan: LedgerPlan, source: due.LetterSource
) -> issued.IssueRecord:
    """Put what was made into 返納管理 and 発行履歴, uncommitted."""
    record = issued.record(
        made,
        plan,
        {(d.person.sheet, d.person.row): d for d in case.decisions},
        case.as_of,
        {stage.control_no: stage.step for stage in source.stages},
        {kind.kind: kind.title for kind in KINDS.values()},
    )
    if record.plan.changes or record.plan.added:
        write_ledger(case.session, record.plan)
    if record.history:
        append_history(case.session, record.history)
    return record


def _refuse_early(case: Case, kinds: Collection[str], options: Options) -> None:
    """Raise the product's errors that are known before thousands of letters are made."""
    if options.templates:
        from shikaku.letters.template_check import require_kinds

        require_kinds(options.templates, list(KINDS))
    append_history(case.session, [])  # a book that is open elsewhere takes no record
    if set(kinds) & set(RETURN_KINDS):
        case.require_ledger()


def _workers(case: Case, out: Path) -> "Workers | None":
    """Who makes the letters, None for this machine's own processes. Raises UsageError when the
    cluster doesn't see the folder."""
    if case.cluster is None:
        return None
    from shikaku.cluster.letter_pool import ClusterPool

    with suppress(OSError):  # what stands in the way is said when the journal is opened
        make_folders(out)
        case.cluster.require_folder(out)
    return ClusterPool(case.cluster)


def _held(letter: Letter) -> HeldLetter:
    """A letter that lacks something in the rows of its people."""
    first = letter.people[0]
    return HeldLetter(letter.kind, first.name or first.record, "・".join(letter.lacking))


def _in_doubt(case: due.LetterSource, plan: LedgerPlan, kinds: Iterable[str]) -> list[HeldLetter]:
    """Return letters that a doubt in 返納管理 holds back: which row, and why."""
    held = held_letters(plan, case.book, case.settings, case.as_of, case.closed)
    spec = schema().sheets["ledger"]
    return [
        HeldLetter(
            kind,
            entry.name or entry.control_no,
            "・".join(spec.label(key) for key in columns),
            spec.name,
            entry.row,
            entry.control_no,
            entry.next_action,
        )
        for kind, entry, columns in held
        if kind in kinds and case.wants(case.holder(entry))
    ]


def letter_source(case: Case, plan: LedgerPlan, kinds: Sequence[str]) -> due.LetterSource:
    """What the letters are made from. plan: the ledger of the day."""
    return due.LetterSource(
        case.book,
        case.settings,
        case.as_of,
        case.closed,
        case.decisions,
        case.findings,
        plan,
        due_letters(plan, case.book, case.settings, case.as_of, case.closed),
        kinds=kinds,
    )


def _narrowed(source: due.LetterSource, options: Options) -> due.LetterSource:
    """For the people of the options alone, where they name some."""
    if options.people or options.places:
        return selection.narrowed(source, options.people, options.places)
    return source


def _waiting(kinds: Iterable[str], found: due.DueLetters) -> dict[str, list[LetterResult]]:
    """For each kind of the run what the index says of letters that are not made."""
    waiting: dict[str, list[LetterResult]] = {kind: [] for kind in kinds}
    for letter in found.held:
        waiting[letter.kind].append(result_for(letter, state="held", reason=_why_held(letter)))
    for one in found.refused:
        waiting[one.kind].append(
            LetterResult(
                "", one.kind, KINDS[one.kind].title, (), (), "",
                state="failed", reason=_why_refused(one),
            )
        )  # fmt: skip
    return waiting


def _why_refused(refused: due.Refused) -> str:
    return f"{refused.error.message}{refused.error.hint}"


def _some(names: Sequence[str]) -> str:
    """The names for a line on the screen; a list to an employer may have hundreds.

    >>> _some(["甲", "乙", "丙", "丁"])
    '甲、乙、丙 ほか1人'
    """
    more = f" ほか{len(names) - 3}人" if len(names) > 3 else ""
    return "、".join(names[:3]) + more


def _counted(
    progress: Callable[[int, int, int], None] | None, total: int
) -> Callable[[LetterResult], None] | None:
    """What ``run.produce`` calls for each letter, so that ``progress`` hears of it."""
    if progress is None:
        return None
    states: Counter[bool] = Counter()

    def count(result: LetterResult) -> None:
        states[result.state == "kept"] += 1
        progress(states.total(), total, states[True])

    progress(0, total, 0)
    return count


def _why_held(letter: Letter) -> str:
    """What somebody has to do before the letter can go out, for the index."""
    return (
        f"「{'」「'.join(letter.lacking)}」が空か誤っているため保留しています。"
        "直してから、もう一度作成してください。"
    )

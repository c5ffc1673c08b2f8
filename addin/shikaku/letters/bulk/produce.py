"""All letters of a job as Word and PDF, on all cores, so that a killed run can be finished."""

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Sized
from pathlib import Path

from shikaku.letters.bulk.journal import RunJournal
from shikaku.letters.bulk.letter_result import LetterResult
from shikaku.letters.bulk.letters_run import LettersRun
from shikaku.letters.bulk.progress import ProgressBar
from shikaku.letters.bulk.run_report import RunReport
from shikaku.letters.docx.fields import Kind
from shikaku.letters.model import Letter
from shikaku.letters.pdf.finish import Finish
from shikaku.system.errors import UsageError
from shikaku.system.work import Workers, cores

FORMATS = ("docx", "pdf")


def produce(
    letters: Iterable[Letter],
    out: Path,
    *,
    kinds: Mapping[str, Kind],
    formats: Sequence[str] = FORMATS,
    per: str | Mapping[str, str] = "person",
    engine: str = "auto",
    templates_dirs: Sequence[Path] = (),
    password: str | None = None,
    archive: bool = False,
    jobs: int | None = None,
    workers: Workers | None = None,
    as_of: dt.date | None = None,
    progress: bool = True,
    on_done: Callable[[LetterResult], None] | None = None,
    waiting: Mapping[str, Sequence[LetterResult]] | None = None,
    only: Collection[tuple[str, int]] | None = None,
    again: bool = False,
) -> RunReport:
    """Make the letters' files below ``out`` and ``out/index.csv``.

    letters: any iterable; only a few batches are in memory at a time (per employer: the letters
    of all employers, without files). A list's letters are made kind by kind; a deque's, too, and each is
    taken out when it is made, so that what it says need not be kept. kinds: the catalogue. per: person | employer, or a way for
    each kind. templates_dirs: where templates are looked for, the user's folder first. jobs:
    processes, default all cores; workers: who works instead of them. archive: PDF/A-2. as_of: the
    date of making in the PDFs. on_done: called in this
    process for each letter once it is made; an employer's letters are then still to be bound
    into one file. waiting: for each kind of this run, the letters that are not to be made and why;
    the index has them until the kind's next run. only: the run is for the people of these rows
    (sheet key, row) alone; what others wait for stays in the index.

    A file that an earlier run issued is only written over by the very same letter; another one gets
    a name of its own. again: a letter that is made again on its day of issue takes the place of the
    first, also when it says something else. A fault of one letter is in the report and the others go on. Raises TemplateError for a broken
    template and PdfError when no engine can print a kind, before a file of that kind is made;
    UsageError for an unknown format or a locked folder; KeyboardInterrupt after tidying up.
    """
    formats = tuple(f for f in FORMATS if f in formats) or _no_format(formats)
    report = RunReport(out)
    journal = RunJournal(out)
    run = LettersRun(
        journal, report, kinds, formats, per, engine, templates_dirs, Finish(as_of, password, archive),
        on_done or (lambda result: None), again, 1 if workers else jobs or cores(),
    )  # fmt: skip
    bar = ProgressBar(len(letters) if isinstance(letters, Sized) else None, progress)
    nothing = isinstance(letters, Sized) and not letters
    pool = workers or (None if nothing else own_workers(jobs))
    _carry_out(run, letters, journal, report, bar, pool, waiting or {}, only)
    if progress:
        bar.say(report.counts, report.seconds)
    return report


def _carry_out(
    run: LettersRun,
    letters: Iterable[Letter],
    journal: RunJournal,
    report: RunReport,
    bar: ProgressBar,
    pool: Workers | None,
    waiting: Mapping[str, Sequence[LetterResult]],
    only: Collection[tuple[str, int]] | None,
) -> None:
    """The run itself; whatever happens, workers end, drafts go and the index is written."""
    began = time.monotonic()
    complete = False
    try:
        run.clean()
        journal.wait(waiting, only)
        for result in run.results(letters, pool) if pool else ():
            bar.step(result)
        journal.finish()
        report.of_day = journal.made_on(run.day) if run.day else []
        complete = True
    finally:
        if pool:
            pool.close(patience=5.0 if complete else 15.0)
        bar.close()
        run.clean()
        report.results = journal.results()
        try:
            report.index = journal.write_index()
        finally:
            journal.close()
            run.close()
        report.seconds = time.monotonic() - began


def _no_format(formats: Sequence[str]) -> tuple[str, ...]:
    raise UsageError(
        f"出力形式「{','.join(formats)}」は使えません。",
        "docx か pdf、または docx,pdf を指定してください。",
    )


def own_workers(jobs: int | None) -> Workers:
    """Processes of this machine, as many as are asked for or (None) as there are processors. What they need is
    imported for a letter, not for a run without one."""
    from shikaku.letters.bulk.worker import LetterWorker
    from shikaku.letters.template_check import MEMORY
    from shikaku.system.worker_pool import Pool

    return Pool(LetterWorker, jobs or cores(), memory=MEMORY)

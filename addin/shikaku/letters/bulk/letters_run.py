"""One run over letters: each goes to a worker as an order, and its answer into the journal and its place."""

import datetime as dt
import hashlib
import secrets
import shutil
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from shikaku.letters.bulk.file_names import Names
from shikaku.letters.bulk.journal import INDEX, Digest, RunJournal
from shikaku.letters.bulk.journal_lines import mark
from shikaku.letters.bulk.letter_result import LetterResult, result_for
from shikaku.letters.bulk.orders import Batch, Binding, Made, Order
from shikaku.letters.bulk.run_report import RunReport
from shikaku.letters.docx.fields import Kind
from shikaku.letters.model import Letter
from shikaku.letters.pdf.finish import Finish
from shikaku.system import temporary_files
from shikaku.system.atomic import drafts_of
from shikaku.system.errors import UsageError
from shikaku.system.work import Job, Lost, Workers

_NOT_DIGESTED = ("last_four",)
"""Fields of a letter that go into no digest, however well it is kept."""
_PARTS = f"{temporary_files.MARK}parts-"
# Letters a job: small enough for a lively progress bar and little lost by Ctrl-C; office
# programs start anew for each batch, so theirs are big.
_BATCH = {None: 32, "embedded": 8, "libreoffice": 60, "word": 60}
_LINES = 50
"""So many lines of a list may take as long as a letter."""

# Seconds until a job counts as hung (the office engines have clocks of their own, shorter).
_SECONDS = {None: (60, 2), "embedded": (60, 5), "libreoffice": (600, 20), "word": (600, 20)}


@dataclass(slots=True)
class _Open:
    """A letter on its way."""

    result: LetterResult
    digest: Digest
    stem: str
    letter: Letter


class LettersRun:
    """One call of produce: letters in, results out."""

    def __init__(
        self,
        journal: RunJournal,
        report: RunReport,
        kinds: Mapping[str, Kind],
        formats: tuple[str, ...],
        per: str | Mapping[str, str],
        engine: str,
        folders: Sequence[Path],
        how: Finish,
        on_done: Callable[[LetterResult], None],
        again: bool,
        abreast: int,
    ):
        """abreast: so many kinds are made at a time."""
        self._journal, self._report, self._kinds = journal, report, kinds
        self._formats, self._per, self._engine = formats, per, engine
        self._folders, self._how, self._on_done = folders, how, on_done
        self._abreast = abreast
        renewed = journal.made_in(how.day, formats) if again and how.day else set()
        self._names = Names(journal.issued, renewed)
        for kind, stem, key in journal.names():
            self._names.keep(kind, stem, key)
        self._marks: dict[str, str] = {}
        self._open: dict[int, _Open] = {}
        self._seen: set[bytes] = set()
        self._seen_again: Counter[bytes] = Counter()
        self._ready: deque[LetterResult] = deque()
        self._hung: Counter[str] = Counter()
        self._worked: set[str] = set()
        self._parts: Path | None = None
        self._stack = ExitStack()

    @property
    def day(self) -> dt.date | None:
        """The day of issue."""
        return self._how.day

    def close(self) -> None:
        """Nothing of this run lies about any more."""
        self._stack.close()

    def clean(self) -> None:
        """Drafts of a killed run are in nobody's way, but nobody wants them either."""
        for folder in self._journal.out.glob(f"{temporary_files.MARK}parts*"):
            shutil.rmtree(folder, ignore_errors=True)
        for draft in self._journal.out.glob(f"*/{temporary_files.MARK}*.part"):
            draft.unlink(missing_ok=True)
        for draft in drafts_of(self._journal.out / INDEX):
            draft.unlink(missing_ok=True)

    def results(self, letters: Iterable[Letter], pool: Workers) -> Iterator[LetterResult]:
        """The results as they come; the journal has each before it is given."""
        again: deque[Job] = deque()
        books: dict[tuple[str, str], list[int]] = {}
        for job, answer in pool.run(self._single_jobs(letters, pool, books), again):
            yield from self._answered(job, answer, again, binding=False)
        bound = iter([self._binding(kind, numbers) for (kind, _), numbers in books.items()])
        for job, answer in pool.run(bound, again):
            yield from self._answered(job, answer, again, binding=True)
        while self._ready:
            yield self._ready.popleft()

    def _single_jobs(
        self, letters: Iterable[Letter], pool: Workers, books: dict[tuple[str, str], list[int]]
    ) -> Iterator[Job]:
        """Batches of letters of one kind, in the order they come; of a list as many kinds in turn as there
        are processes, each of which then lays out templates that the others need not."""
        abreast = self._abreast if isinstance(letters, Sequence) else 1
        kinds = (self._of_kind(*one, pool, books) for one in _by_kind(letters))
        turns = deque(islice(kinds, abreast))
        while turns:
            jobs = turns.popleft()
            job = next(jobs, None)
            if job is not None:
                yield job
                turns.append(jobs)
            elif (more := next(kinds, None)) is not None:
                turns.appendleft(more)

    def _of_kind(
        self,
        kind: str,
        letters: Iterable[tuple[int, Letter]],
        pool: Workers,
        books: dict[tuple[str, str], list[int]],
    ) -> Iterator[Job]:
        """Batches of these letters of one kind. letters: each with its place among all."""
        self._prepare(kind, pool)
        batch: list[Order] = []
        for place, letter in letters:
            if len(batch) >= _BATCH[self._printer(kind)]:
                yield from self._batch(kind, batch)
                batch = []
            order = self._order(place, letter, books)
            if order is not None:
                batch.append(order)
        yield from self._batch(kind, batch)

    def _batch(self, kind: str, orders: Sequence[Order]) -> Iterator[Job]:
        """A job for these letters; none when there are none, or their kind was given up."""
        if orders and self._given_up(kind):
            self._ready.extend(list(self._failed(self._job(kind, orders))))
        elif orders:
            yield self._job(kind, orders)

    def _failed(self, job: Job) -> Iterator[LetterResult]:
        """The results of letters that are not tried."""
        made = [Made(order.number, reason=_GIVEN_UP, hint=_SHORTEN) for order in job.work.orders]
        yield from self._settled(job, made, binding=False)

    def _printer(self, kind: str) -> str | None:
        choice = self._report.engines.get(kind)
        return choice.name if choice else None

    def _prepare(self, kind: str, pool: Workers) -> None:
        """Make a kind ready, once."""
        from shikaku.letters.bulk import prepared_kind

        if kind in self._marks:
            return
        if kind not in self._kinds:
            raise UsageError(f"「{kind}」という通知書の種類はありません。")
        ready = prepared_kind.prepare(
            self._kinds[kind], self._folders, self._formats, self._engine, self._how.archive
        )
        if ready.choice is not None:
            self._report.engines[kind] = ready.choice
        self._marks[kind] = self._journal.digest(ready.source.hex())
        pool.teach(kind, ready.lesson)

    def _order(
        self, number: int, letter: Letter, books: dict[tuple[str, str], list[int]]
    ) -> Order | None:
        """An order for a letter; None when its files are there from the run that broke off."""
        times = self._times(letter)
        bound = self._way(letter.kind) == "employer" and bool(letter.group)
        key = hashlib.sha256(repr((letter.key, times, bound)).encode()).hexdigest()
        digest = self._digest(letter)
        kept = None if bound else self._journal.kept(key, digest, number)
        if kept is not None:
            self._on_done(kept)
            self._ready.append(kept)
            return None
        stem = ""
        if bound:
            books.setdefault((letter.kind, letter.group), []).append(number)
            place = self._part(number)
        else:
            content = frozenset([(key, digest.content)])
            stem = self._names.give(letter.kind, letter.stem, key, content)
            place = self._journal.out / letter.kind / stem
        self._open[number] = _Open(result_for(letter, key), digest, stem, letter)
        names = tuple(letter.names()) or (letter.addressee,)
        return Order(number, letter.title, names, dict(letter.context), place)

    def _times(self, letter: Letter) -> int:
        """How many letters of its key there have been in this run, itself among them."""
        seen = mark(letter.key)
        if seen not in self._seen:  # nearly always
            self._seen.add(seen)
            return 1
        self._seen_again[seen] += 1
        return 1 + self._seen_again[seen]

    def _digest(self, letter: Letter) -> Digest:
        """What makes the letter's files the same in a second run."""
        fields = {
            name: value for name, value in letter.context.items() if name not in _NOT_DIGESTED
        }
        content = self._journal.digest(fields, letter.title, self._marks[letter.kind])
        how = self._printer(letter.kind), self._how.day, bool(self._how.password), self._how.archive
        return Digest(content, self._journal.digest(content, self._formats, how))

    def _part(self, number: int) -> Path:
        """Where a letter stands until it is bound: in a folder of this run alone."""
        if self._parts is None:
            self._parts = self._journal.out / f"{_PARTS}{secrets.token_hex(4)}"
            self._stack.enter_context(temporary_files.noted(self._parts))
            with suppress(OSError):  # each letter will tell
                self._parts.mkdir()
        return self._parts / f"{number:08d}"

    def _is_part(self, place: Path) -> bool:
        return place.parent == self._parts

    def _way(self, kind: str) -> str:
        return self._per if isinstance(self._per, str) else self._per.get(kind, "person")

    def _job(self, kind: str, orders: Sequence[Order]) -> Job:
        printer = self._printer(kind)
        bound = any(self._is_part(o.place) for o in orders)
        how = Finish(self._how.day, archive=self._how.archive) if bound else self._how
        pages = self._kinds[kind].pages
        batch = Batch(kind, tuple(orders), self._formats, printer, pages, how)
        start, each = _SECONDS[printer]
        return Job(batch, start + each * (len(orders) + _listed(orders) / _LINES), kind)

    def _binding(self, kind: str, numbers: Sequence[int]) -> Job:
        letters = [self._open[n].letter for n in numbers]
        group = letters[0].group
        opened = [self._open[n] for n in numbers]
        content = frozenset((one.result.key, one.digest.content) for one in opened)
        stem = self._names.give(kind, group, f"{kind}|{group}", content)
        title = f"{self._kinds[kind].title} {group}" if len(letters) > 1 else letters[0].title
        orders = tuple(
            (n, self._part(n), letter.title) for n, letter in zip(numbers, letters, strict=True)
        )
        place = self._journal.out / kind / stem
        return Job(Binding(orders, title, place, self._formats, self._how), 120 + 2 * len(orders))

    def _answered(
        self, job: Job, answer: list[Made] | Lost, again: deque[Job], binding: bool
    ) -> Iterator[LetterResult]:
        """Results from a worker's answer; a lost batch is given out again letter by letter."""
        if isinstance(answer, Lost):
            single = len(job.work.orders) == 1
            if single and not binding and (answer.hung or answer.error == "MemoryError"):
                self._hung[job.work.kind] += 1
            if not single and not binding and not self._given_up(job.work.kind):
                again.extend(self._job(job.work.kind, [order]) for order in job.work.orders)
                return
            answer = _lost(job, answer, binding)
            if not binding and self._given_up(job.work.kind):
                self._give_up_the_others(job.work.kind, again)
        elif not binding:
            self._worked.add(job.work.kind)
        yield from self._settled(job, answer, binding)

    def _give_up_the_others(self, kind: str, again: deque[Job]) -> None:
        """The letters of a kind that were to be tried one by one."""
        for one in [one for one in again if one.work.kind == kind]:
            again.remove(one)
            self._ready.extend(list(self._failed(one)))

    def _settled(self, job: Job, answer: list[Made], binding: bool) -> Iterator[LetterResult]:
        """The results of letters that are made, or are not to be."""
        finished = []
        for made in answer:
            place = job.work.place if binding else self._place(job, made.number)
            if not binding and self._is_part(place):
                self._half_made(made)
            else:
                finished.append(self._made(made, place))
        self._journal.add(finished)
        for result, *_ in finished:
            if not binding:
                self._on_done(result)
            yield result
        while self._ready:
            yield self._ready.popleft()

    def _given_up(self, kind: str) -> bool:
        """Two letters ran out of time or memory, each alone, and none was ever made: it is the
        template, which isn't tried for each of the others."""
        return self._hung[kind] > 1 and kind not in self._worked

    def _half_made(self, made: Made) -> None:
        """The first half of an employer's file: its fault is kept until it is bound."""
        result = self._open[made.number].result
        result.reason, result.hint = made.reason or made.note, made.hint
        self._on_done(result)

    def _made(self, made: Made, place: Path) -> tuple[LetterResult, int, Digest, str]:
        """What the journal keeps of a letter whose files stand in their place, or don't."""
        one = self._open.pop(made.number)
        base = place.relative_to(self._journal.out).as_posix()
        one.result.files = {f: f"{base}.{f}" for f in made.files}
        one.result.pages = made.pages
        one.result.reason = made.reason or made.note or one.result.reason
        one.result.hint = made.hint or one.result.hint
        whole = set(made.files) == set(self._formats)
        one.result.issued = self.day.isoformat() if self.day and made.files else ""
        one.result.state = "done" if whole else "partial" if made.files else "failed"
        return one.result, made.number, one.digest, one.stem

    @staticmethod
    def _place(job: Job, number: int) -> Path:
        return next(o.place for o in job.work.orders if o.number == number)


_SHORTEN = "内容が極端に長くないか、ひな形の計算や繰り返しが多すぎないか確かめてください。"
_GIVEN_UP = "同じひな形の作成が時間やメモリの上限を超えたため、作りませんでした。"


def _lost(job: Job, lost: Lost, binding: bool) -> list[Made]:
    """The failures of the letters over which a worker died or hung."""
    why = "時間内に終わりませんでした" if lost.hung else "途中で異常終了しました"
    why += f"({lost.error})" if lost.error else ""
    numbers = [o[0] if binding else o.number for o in job.work.orders]
    return [Made(n, reason=f"作成が{why}。", hint=_SHORTEN) for n in numbers]


def _listed(orders: Sequence[Order]) -> int:
    """The lines of the lists in these letters: an employer's may name thousands of people."""
    values = (value for order in orders for value in order.context.values())
    return sum(len(value) for value in values if isinstance(value, list))


def _by_kind(letters: Iterable[Letter]) -> Iterator[tuple[str, Iterable[tuple[int, Letter]]]]:
    """Kind → its letters, each with its place; of what is no list as far as they stand together. A deque
    is emptied."""
    if not isinstance(letters, Sequence):
        yield from groupby(enumerate(letters), key=lambda one: one[1].kind)
        return
    kinds: dict[str, tuple[array[int], deque[Letter]]] = {}
    for place, letter in enumerate(_emptied(letters) if isinstance(letters, deque) else letters):
        places, own = kinds.setdefault(letter.kind, (array("q"), deque()))
        places.append(place)
        own.append(letter)
    while kinds:
        kind = next(iter(kinds))
        places, own = kinds.pop(kind)
        yield kind, zip(places, _emptied(own), strict=True)


def _emptied(letters: deque[Letter]) -> Iterator[Letter]:
    """The letters, each of which is let go of when it is handed out."""
    while letters:
        yield letters.popleft()

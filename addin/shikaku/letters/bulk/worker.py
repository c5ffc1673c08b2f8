"""What a worker does with letters: fill, print, put each file in its place."""

import contextlib
import gc
import multiprocessing
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from shikaku.letters.bulk.orders import Batch, Binding, Made, Order
from shikaku.letters.docx.barcode import coded
from shikaku.letters.docx.merge import join
from shikaku.letters.docx.template import Rendered, Template
from shikaku.letters.pdf.choose import engine as pdf_engine
from shikaku.system import encryption, temporary_files
from shikaku.system.atomic import make_folders, new_mode
from shikaku.system.errors import PdfError, ShikakuError, cause

# Letters as Word files alone need no PDF: what makes one is imported where it is made.
if TYPE_CHECKING:
    from shikaku.letters.pdf.base import Engine, Printed, PrintJob
    from shikaku.letters.pdf.rdocx.prepared_template import Slim


class LetterWorker:
    """A worker's state: templates and engines, made when first needed."""

    def __init__(self) -> None:
        self._templates: dict[str, tuple[Template, Slim | None]] = {}
        self._engines: dict[str, Engine] = {}
        self._drafts = temporary_files.noted(None)
        self._drafts.__enter__()

    def learn(self, name: str, thing: "tuple[Template, Slim | None]") -> None:
        """The template of a kind, and its slim form when the embedded engine prints it."""
        self._templates[name] = thing

    def close(self) -> None:
        """Let the engines go."""
        for engine in self._engines.values():
            engine.close()
        self._drafts.__exit__(None, None, None)

    def work(self, work: Batch | Binding) -> list[Made]:
        """Make letters, or bind them. Faults of single letters are in what comes back."""
        if isinstance(work, Binding):
            self._rest()
            return _bind(work)
        made: dict[int, Made] = {}
        pieces: list[PrintJob] = []
        waiting: list[Order] = []
        template, slim = self._templates[work.kind]
        for order in work.orders:
            one = made[order.number] = Made(order.number)
            try:
                # A letter to be bound gets its QR codes there: each name in a file once.
                now = bool(order.context.get("barcode")) and not is_part(order.place)
                filled = template.fill(order.context, coded=now)
                if "docx" in work.formats:
                    write(order.place, "docx", encryption.under(work.how.password, filled.docx))
                    one.files = ("docx",)
            except ShikakuError as error:
                one.reason, one.hint = error.message, error.hint
                discard(order.place, work.formats)
                continue
            if work.engine:
                waiting.append(order)
                pieces.append(_piece(order, filled, slim, now, work.pages))
        if pieces:
            self._print(work, waiting, pieces, made)
        return [made[o.number] for o in work.orders]

    def _rest(self) -> None:
        """Let the engines go while files are bound: their fonts' memory is wanted for the pages."""
        for engine in self._engines.values():
            engine.close()
        if self._engines:
            self._engines.clear()
            gc.unfreeze()
            gc.collect()

    def _engine(self, name: str) -> "Engine":
        if name not in self._engines:
            self._engines[name] = pdf_engine(name)
            # Fonts and templates stay for good: the collector needn't visit them each time.
            gc.freeze()
        return self._engines[name]

    def _print(
        self, work: Batch, orders: Sequence[Order], pieces: "list[PrintJob]", made: dict[int, Made]
    ) -> None:
        from shikaku.letters.pdf.base import Fault

        printed: Sequence[Printed | Fault]
        try:
            printed = self._engine(work.engine or "auto").convert(pieces, work.how)
        except ShikakuError as error:
            printed = [Fault(error.message, error.hint)] * len(pieces)
        for order, one_printed in zip(orders, printed, strict=True):
            one = made[order.number]
            try:
                if isinstance(one_printed, Fault):
                    raise PdfError(one_printed.message, one_printed.hint)
                write(order.place, "pdf", one_printed.pdf)
            except PdfError as error:
                one.reason, one.hint = error.message, error.hint
                discard(order.place, ["pdf"])
                continue
            one.files = (*one.files, "pdf")
            one.pages, one.note = one_printed.pages, one_printed.note


def _piece(
    order: Order, filled: Rendered, slim: "Slim | None", now: bool, pages: int | None
) -> "PrintJob":
    """A letter to be printed. now: its QR codes are in the Word file already."""
    from shikaku.letters.fonts import subset
    from shikaku.letters.pdf.base import PrintJob

    fast = slim.prepared(order.context, filled.values, subset.load()) if slim else None
    whole = filled.docx
    if order.context.get("barcode") and fast is None and not now:
        whole = coded(whole)
    return PrintJob(whole, order.title, filled.values, pages, order.names, fast)


def is_part(place: Path) -> bool:
    """Whether a letter at this place is yet to be bound with others."""
    return place.parent.name.startswith(temporary_files.MARK)


def discard(place: Path, formats: Iterable[str]) -> None:
    """Take away what an earlier run left there: an old letter must not pass for the new one."""
    for ending in formats:
        with contextlib.suppress(OSError):
            place.with_name(f"{place.name}.{ending}").unlink(missing_ok=True)


def write(place: Path, ending: str, data: bytes) -> None:
    """A file that is there whole or not at all. Raises PdfError."""
    with placed(place, ending) as file:
        file.write(data)


@contextlib.contextmanager
def placed(place: Path, ending: str) -> Iterator[BinaryIO]:
    """A file to be written, which is there whole or not at all. No fsync: the journal knows the
    size, and a file that a power cut emptied is made again. Raises PdfError."""
    target = place.with_name(f"{place.name}.{ending}")
    draft = place.with_name(f"{temporary_files.MARK}{secrets.token_hex(8)}.part")
    try:
        with temporary_files.noted(draft), contextlib.ExitStack() as stack:
            stack.callback(draft.unlink, missing_ok=True)
            try:
                file = _private(draft)
            except FileNotFoundError:
                # A folder of parts is made by the run; when it has gone, so has the run.
                if is_part(place):
                    raise
                make_folders(draft.parent)
                file = _private(draft)
            with file:
                yield file
            there = target.stat().st_mode & 0o7777 if target.exists() else None
            draft.chmod(new_mode(draft.parent) if there is None else there)
            # The rest of a killed run's batch must not come in the way of the next run.
            parent = multiprocessing.parent_process()
            if parent is not None and not parent.is_alive():
                raise SystemExit(1)
            os.replace(draft, target)
    except OSError as error:
        raise PdfError(
            f"「{target.name}」を書き込めません({cause(error)})。",
            "そのファイルを開いているソフトを閉じ、空き容量を確かめてください。",
        ) from None


def _private(draft: Path) -> BinaryIO:
    """Open a new file that nobody else can read yet."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(draft, flags, 0o600), "wb")


def _bind(work: Binding) -> list[Made]:
    """One file of many; the single ones go."""
    made = {number: Made(number) for number, _, _ in work.orders}
    for ending in work.formats:
        there = [
            (number, path, name)
            for number, place, name in work.orders
            if (path := place.with_name(f"{place.name}.{ending}")).is_file()
        ]
        if not there:
            discard(work.place, [ending])
            continue
        try:
            if ending == "docx":
                data = join((path.read_bytes() for _, path, _ in there), work.title)
                write(work.place, ending, encryption.under(work.how.password, data))
            else:
                from shikaku.letters.pdf.binding import bind

                sources = (path.read_bytes() for _, path, _ in there)
                names = [name for _, _, name in there]
                with placed(work.place, ending) as file:
                    counts = bind(sources, names, work.title, work.how, file)
                for (number, _, _), count in zip(there, counts, strict=True):
                    made[number].pages = count
        except ShikakuError as error:
            for number, _, _ in work.orders:
                made[number].reason, made[number].hint = error.message, error.hint
            discard(work.place, [ending])
            continue
        for number, _, _ in there:
            made[number].files = (*made[number].files, ending)
    return list(made.values())

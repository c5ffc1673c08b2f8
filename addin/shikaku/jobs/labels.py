"""宛名: labels and an address list of the day's letters that go straight home."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shikaku.desk import csv_writing
from shikaku.desk.envelopes import Envelope, envelopes
from shikaku.fields.text import guarded
from shikaku.jobs.case import Case
from shikaku.jobs.letters import letter_source
from shikaku.letters.catalogue import KINDS
from shikaku.letters.labels import SHEETS, LabelSheet, LabelText, fault
from shikaku.letters.labels import labels as label_pdf
from shikaku.letters.pdf.finish import Finish
from shikaku.returns.ledger import update
from shikaku.system import usage_log
from shikaku.system.atomic import make_folders, replacing
from shikaku.system.errors import UsageError, cause
from shikaku.system.masking import masked
from shikaku.workbook.session import Session

LABELS, ADDRESSES = "labels.pdf", "addresses.csv"
COLUMNS = (
    "No.", "郵便番号", "住所", "氏名", "敬称", "記号", "番号", "文書", "通数", "発行日", "お問い合わせ番号",
)  # fmt: skip


@dataclass
class LabelsResult:
    """The result of 宛名. envelopes: in the order of the labels; without: those that have no label,
    each with the reason."""

    book: str
    as_of: dt.date
    out: Path
    envelopes: list[Envelope]
    without: list[tuple[Envelope, str]] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """1 while an envelope can't be addressed."""
        return 1 if self.without else 0

    def to_json(self) -> dict[str, Any]:
        """Counts and files; who it is stands in ``addresses.csv``."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "out": str(self.out),
            "labels": len(self.envelopes),
            "letters": sum(len(one.letters) for one in self.envelopes),
            "without_label": [
                {"record": one.person.record, "name": one.name, "reason": why}
                for one, why in self.without
            ],
        }

    def lines(self) -> list[str]:
        """A line for each envelope without a label, then the sum."""
        out = [
            f"{one.person.record} {one.name}: {why}(宛名は作れません)" for one, why in self.without
        ]
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        if not self.envelopes:
            return "今日発行した、自宅へ直送する通知書はありません。"
        return f"宛名を {len(self.envelopes)}件 作りました: {self.out / LABELS}、{self.out / ADDRESSES}"


def labels(
    session: Session,
    out: Path,
    *,
    layout: int = 12,
    start: int = 1,
    as_of: str | dt.date | None = None,
    archive: bool = False,
) -> LabelsResult:
    """``labels.pdf`` and ``addresses.csv`` of what 発行履歴 says was sent straight home today: a label
    an envelope.

    layout: labels on a sheet (12, 24); start: the first label to be used of the first sheet, from 1;
    archive: PDF/A-2. Raises UsageError.
    """
    sheet = SHEETS.get(layout)
    if sheet is None or not 1 <= start <= sheet.count:
        raise UsageError(
            "ラベルの面付けが正しくありません。",
            "--layout は 12 か 24、--start は 1 からその面数までを指定してください。",
        )
    out = Path(out)
    case = Case.load(session, as_of)
    case.require_structure()
    plan = update(case.book, case.settings, case.as_of, case.closed)
    found = envelopes(letter_source(case, plan, ()), case.as_of)
    faults = [(one, _fault(one, sheet)) for one in found]
    without = [(one, why) for one, why in faults if why]
    ready = [one for one, why in faults if not why]
    texts = [_text(one) for one in ready]
    pdf = label_pdf(texts, sheet, start, Finish(case.as_of, archive=archive)) if texts else b""
    _write(out, pdf, _rows(ready, case.as_of))
    usage_log.write("labels", case.book.path, {"labels": len(ready)})
    return LabelsResult(case.name, case.as_of, out, ready, without)


def _fault(one: Envelope, sheet: LabelSheet) -> str:
    """Why an envelope can have no label; "" when it can."""
    if not one.address or not one.postal:
        return "加入者台帳の郵便番号か住所が、空か誤っています"
    return fault(_text(one), sheet)


def _text(one: Envelope) -> LabelText:
    return LabelText(
        f"〒{masked(one.postal)}", masked(one.address), masked(f"{one.name} {one.honorific}")
    )


def _rows(found: Sequence[Envelope], day: dt.date) -> list[Sequence[str]]:
    """The list: also for tracked mail, whose numbers are typed or scanned into the last column."""
    rows: list[Sequence[str]] = [COLUMNS]
    for number, one in enumerate(found, 1):
        kinds = dict.fromkeys(one.letters)
        titles = "、".join(KINDS[kind].title if kind in KINDS else kind for kind in kinds)
        cells = (
            str(number), one.postal, one.address, one.name, one.honorific, one.person.symbol,
            one.person.number, titles, str(len(one.letters)), day.isoformat(), "",
        )  # fmt: skip
        rows.append([guarded(masked(cell)) for cell in cells])
    return rows


def _write(out: Path, pdf: bytes, rows: Sequence[Sequence[str]]) -> None:
    """Both files. Without a label, yesterday's sheet must not be taken for today's."""
    try:
        make_folders(out)
        if pdf:
            with replacing(out / LABELS) as draft:
                draft.write_bytes(pdf)
        elif (out / ADDRESSES).exists():
            (out / LABELS).unlink(missing_ok=True)
        with replacing(out / ADDRESSES) as draft:
            draft.write_bytes(csv_writing.encoded(rows, csv_writing.Dialect()))
    except OSError as error:
        raise UsageError(
            f"出力先「{out}」に書き込めません({cause(error)})。",
            "ファイルを開いているソフトを閉じ、フォルダの権限と空き容量を確かめてください。",
        ) from None

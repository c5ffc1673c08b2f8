"""What a new look at the Myna cards changes: who newly needs a certificate, who no longer does."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.decisions.everybody import Decision
from shikaku.desk import csv_writing
from shikaku.desk.status_list import REASONS, Change, LeftLine
from shikaku.fields.text import guarded
from shikaku.model.schema import schema
from shikaku.model.tables import Book
from shikaku.system.masking import masked

TURNS = {
    "newly": "新たに資格確認書が必要になった",
    "no_longer": "資格確認書が不要になった",
    "other": "申請・確認などが変わった",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One person whose decision has changed. kind: a key of TURNS."""

    kind: str
    before: Decision
    after: Decision

    def to_json(self) -> dict:
        """The decision as it is now, and what it was."""
        return {
            "turn": self.kind,
            "before": self.before.certificate.outcome,
            **self.after.to_json(),
        }


def last_look(book: Book, as_of: dt.date) -> dt.date:
    """The day of the list before this one: the 状況確認日 that most of 加入者台帳 has, the latest of
    several; without one the end of last month."""
    days = Counter(row.date("status_checked") for row in book.rows("members"))
    earlier = [(count, day) for day, count in days.items() if day is not None and day < as_of]
    return max(earlier)[1] if earlier else as_of.replace(day=1) - dt.timedelta(1)


def turns(
    before: Sequence[Decision],
    after: Sequence[Decision],
    then: Sequence[Decision],
    changes: Sequence[Change],
) -> list[Turn]:
    """The people whose certificate is decided otherwise, newly needed ones first.

    before, after: on the day, without and with the list's changes; then: on the day of the last
    look (``last_look``), without them. The same rows in the same order. A need that came by time
    alone is new as well: the three months after an e-certificate's end, or a card's 有効期限, were
    over since the last look, or the list confirms for the first time what the days had said.
    """
    confirmed = {c.row for c in changes if c.key == "myna_status" and c.was == "registered"}
    found = []
    for old, new, earlier in zip(before, after, then, strict=True):
        was, now = old.certificate.outcome, new.certificate.outcome
        if was == now == "issue":
            if earlier.certificate.outcome not in ("issue", "not_covered"):
                found.append(Turn("newly", earlier, new))
            elif new.person.sheet == "members" and new.person.row in confirmed:
                found.append(Turn("newly", old, new))
        elif was != now:
            kind = "newly" if now == "issue" else "no_longer" if now == "none" else "other"
            found.append(Turn(kind, old, new))
    order = list(TURNS)
    return sorted(found, key=lambda turn: order.index(turn.kind))


@dataclass
class StatusResult:
    """The result of ``status-import``. matched: lines that fit one row; left: the others."""

    book: str
    as_of: dt.date
    file: str
    encoding: str
    lines_read: int
    matched: int
    changes: list[Change]
    left: list[LeftLine]
    turns: list[Turn] = field(default_factory=list)
    written: bool = False
    report: Path | None = None
    exit_status: int = 0

    def to_json(self) -> dict:
        """Cells, lines left alone, and the monthly list."""
        spec = schema().sheets["members"]
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "file": self.file,
            "lines": self.lines_read,
            "matched": self.matched,
            "written": self.written,
            "changes": [
                {"row": c.row, "column": spec.label(c.key), "before": c.before, "after": c.after}
                for c in self.changes
            ],
            "left": [
                {
                    "line": item.line,
                    "reason": item.reason,
                    **item.rows.to_json(),
                    "message": REASONS[item.reason],
                    "value": item.detail,
                }
                for item in self.left
            ],
            "people": [turn.to_json() for turn in self.turns],
        }

    def lines(self) -> list[str]:
        """Cell by cell, line by line, person by person, then the sum."""
        spec = schema().sheets["members"]
        out = [
            f"{spec.name} {c.row}行目「{spec.label(c.key)}」{c.before or '(空)'} → {c.after}"
            for c in self.changes
        ]
        for item in self.left:
            rows = f"(台帳 {item.rows.text()})" if item.rows else ""
            value = f"「{item.detail}」" if item.detail else ""
            out.append(f"リスト {item.line}行目: {REASONS[item.reason]}{value}{rows}")
        for kind, title in TURNS.items():
            mine = [turn for turn in self.turns if turn.kind == kind]
            if mine:
                out.append(f"■ {title}人 {len(mine)}人")
            for turn in mine:
                now = turn.after.to_json()
                who = f"{now['record']} {now['name']}".strip()
                out.append(f"  {now['sheet']} {now['row']}行目 {who}: {now['why']}")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        people = {kind: sum(1 for t in self.turns if t.kind == kind) for kind in TURNS}
        done = "を書き込みました" if self.written else "があります(書き込んでいません)"
        changed = (
            f"直すセル {len(self.changes)}個 {done}" if self.changes else "直すセルはありません"
        )
        report = f"。一覧: {self.report}" if self.report else ""
        return (
            f"{self.lines_read}行のうち{self.matched}行が台帳と合い、{len(self.left)}行は"
            f"そのままにしました。{changed}。"
            f"新たに必要 {people['newly']}人、不要になった {people['no_longer']}人、"
            f"申請・確認などの変更 {people['other']}人({self.as_of.isoformat()} 現在){report}"
        )


def report(found: Sequence[Turn]) -> bytes:
    """The monthly list as CSV (UTF-8 with a BOM), for the clerk who issues the certificates."""
    labels = schema().lists["certificate"]
    grounds = schema().lists["ground"]
    reasons = schema().lists["ex_officio_reason"] | schema().lists["want_reason"]
    rows = [
        ("区分", "シート", "行", "記号-番号-枝番", "氏名", "事業所名称", "前の判定", "いまの判定")
        + ("交付の根拠", "事由", "理由")
    ]
    for turn in found:
        item = turn.after.to_json()
        rows.append(
            (
                TURNS[turn.kind],
                item["sheet"],
                str(item["row"]),
                item["record"],
                item["name"],
                turn.after.person.employer,
                labels[turn.before.certificate.outcome],
                labels[item["certificate"]],
                grounds.get(item["ground"], ""),
                reasons.get(item["reason"], ""),
                item["why"],
            )
        )
    safe = [[guarded(masked(" ".join(text.split()))) for text in row] for row in rows]
    return csv_writing.encoded(safe, csv_writing.Dialect())

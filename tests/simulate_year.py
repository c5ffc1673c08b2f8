"""A year of returns: 5,000 members, a run every day, and a recount that knows none of our code.

    python tests/simulate_year.py [members]

Members join and leave, on time and with late filings; dependants lose with the insured or by an
event of their own; certificates come back early, late, after the last notice or never; some are
lost (滅失), some of those are found again; some are issued anew. At the end every case is compared
with what simple arithmetic over its own events says: its letters, each with its day, and its state.
"""

import dataclasses
import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "kits"))

import books
from shikaku.law.closed_days import ClosedDays, built_in
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.returns.ledger import update
from shikaku.returns.stages import PRE_NOTICE, due_letters

DAY = dt.timedelta(1)
START, END = dt.date(2026, 4, 1), dt.date(2027, 3, 31)
SETTINGS = Settings()


@dataclass
class Card:
    """One certificate and all that happens to it, known before the first run."""

    symbol: str
    number: str
    branch: str
    name: str
    kind: str
    issued: dt.date
    expiry: dt.date
    lost: dt.date | None = None
    filed: dt.date | None = None  # the day on which the loss gets into the workbook
    by_event: bool = False
    returned: dt.date | None = None
    destroyed: dt.date | None = None  # the day on which 滅失 is typed
    letters: list[tuple[str, dt.date]] = field(default_factory=list)
    control_no: str = ""


def population(members: int, seed: int = 20260401) -> list[Card]:
    """Certificates of about ``members`` people with a year of events."""
    rng = random.Random(seed)
    cards = []
    number = 0
    while len(cards) < members:
        number += 1
        family = [("00", "insured")] + [
            (f"{i:02d}", "dependant") for i in range(1, rng.choice((1, 1, 1, 2, 3, 4)))
        ]
        issued = START - rng.randint(1, 900) * DAY
        if rng.random() < 0.1:
            issued = START + rng.randint(0, 300) * DAY
        expiry = issued + rng.choice((90, 365, 1460, 1460, 1460)) * DAY
        own = [
            Card("10", str(number), branch, f"試験{number}　{branch}人", kind, issued, expiry)
            for branch, kind in family
        ]
        if rng.random() < 0.35:
            lost = max(START + rng.randint(-20, 364) * DAY, issued + DAY)
            filed = lost + rng.choice((-20, -9, -3, 0, 1, 4, 4, 5, 12, 40)) * DAY
            for card in own:
                card.lost, card.filed = lost, filed
        elif len(own) > 1 and rng.random() < 0.15:
            card = rng.choice(own[1:])
            card.lost = max(START + rng.randint(0, 360) * DAY, issued + DAY)
            card.filed, card.by_event = card.lost + rng.randint(-2, 9) * DAY, True
        for card in own:
            fate = rng.random()
            if card.lost and fate < 0.7:
                card.returned = (
                    max(card.lost, card.filed, START, card.issued)
                    + rng.choice((0, 0, 1, 3, 8, 20, 33, 80)) * DAY
                )
            elif card.lost and fate < 0.8:
                card.destroyed = card.lost + rng.randint(-30, 60) * DAY
                if fate < 0.73:
                    card.returned = max(card.destroyed, card.lost) + rng.randint(1, 40) * DAY
        for card in own:
            # A lost card of a member is issued anew: both are in the ledger, both come back.
            if card.lost and rng.random() < 0.05 and card.issued + 60 * DAY < card.lost:
                again = Card(**{**card.__dict__, "issued": card.issued + 40 * DAY, "letters": []})
                again.returned = again.destroyed = None
                cards.append(again)
        cards += own
    return cards


def each_kind(cards: list[Card], closed: set[dt.date]) -> list[Card]:
    """Fewer families that end in all the ways these do: a family stays when the letters, the state or
    the events of one of its cards are those of no family before."""
    known: set[tuple] = set()
    chosen = []
    for _, members in groupby(cards, key=lambda card: card.number):
        family = list(members)
        ways = {_way(card, closed) for card in family}
        if not ways <= known:
            chosen += family
            known |= ways
    return chosen


def _way(card: Card, closed: set[dt.date]) -> tuple:
    letters, state = recount(dataclasses.replace(card), closed)
    kinds = tuple(kind for kind, _ in letters)
    soon = card.filed and card.lost and (card.filed > card.lost) - (card.filed < card.lost)
    events = card.kind, card.by_event, soon, bool(card.returned), bool(card.destroyed)
    return kinds, state, *events, card.expiry < END


# --------------------------------------------------------------------- the recount


def _open(day: dt.date, closed: set[dt.date]) -> bool:
    return day.weekday() < 5 and day not in closed


def _step(day: dt.date, count: int, closed: set[dt.date]) -> dt.date:
    sign = 1 if count > 0 else -1
    left = abs(count)
    while left:
        day += sign * DAY
        if _open(day, closed):
            left -= 1
    return day


def recount(card: Card, closed: set[dt.date]) -> tuple[list[tuple[str, dt.date]], str]:
    """The letters of a case and its state on the last day, from its events alone."""
    if card.issued > END:
        return [], ""
    known = card.lost and max(card.filed, START, card.issued)
    if card.destroyed and card.issued > card.destroyed:
        card.destroyed = card.issued
    letters = []
    due = None
    if card.lost and known <= END and card.lost <= card.expiry:
        due = card.lost + (5 if card.by_event else 4) * DAY
        while not _open(due, closed):
            due += DAY
        plan = []
        first = _step(card.lost, -7, closed)
        pre = max(first, known)
        if pre < card.lost:
            plan.append(("return-request" + PRE_NOTICE, pre))
        request = max(card.lost, known)
        reminder = max(_step(due, 5, closed), _step(request, 5, closed))
        final = max(_step(due, 14, closed), _step(reminder, 9, closed))
        report = max(_step(due, 28, closed), _step(final, 14, closed))
        plan += [
            ("return-request", request),
            ("return-reminder", reminder),
            ("return-final", final),
            ("return-loss", report),
        ]
        stop = card.returned
        if card.destroyed:
            plan = [p for p in plan if p[1] < card.destroyed]
            if not any(kind == "return-loss" for kind, _ in plan):
                plan.append(("return-loss", max(card.destroyed, request)))
        for kind, day in plan:
            ran_out = day > card.expiry and not (card.destroyed and day >= card.destroyed)
            if day <= END and not (stop and stop <= day) and not ran_out:
                letters.append((kind, day))
    if card.returned and card.returned <= END:
        state = "returned"
    elif card.lost and known <= END:
        if card.lost > card.expiry:
            state = "not_applicable"
        elif card.destroyed and card.destroyed <= END:
            state = "not_returnable"
        elif card.lost > END:
            state = "not_yet"
        else:
            state = "waiting" if due >= END else "overdue"
    elif card.expiry < END:
        state = "not_applicable"
    elif card.destroyed and card.destroyed <= END:
        state = "not_returnable"
    else:
        state = "not_yet"
    return letters, state


# --------------------------------------------------------------------- the product, day by day


class Office:
    """The workbook in memory, and the clerk who types what came by mail before each run."""

    def __init__(self, cards: list[Card]):
        self.cards = cards
        self.book = books.book()
        self.by_control: dict[str, Card] = {}
        self.rows: dict[str, int] = {}  # 管理番号 → the place of its row
        self.issued, self.filed = set(), set()
        self.last = None

    def _add(self, sheet: str, values: dict) -> None:
        rows = self.book.tables[sheet].rows
        columns = schema().sheets[sheet].columns
        shown = {k: v for k, v in values.items() if k in columns and v not in (None, "")}
        rows.append(books.row(sheet, len(rows) + 2, shown))

    def _type(self, card: Card, key: str, value: object) -> None:
        """Another row in its place: one that was read is never changed."""
        table, at = self.book.tables["ledger"], self.rows[card.control_no]
        row = table.rows[at]
        other = row.with_cells(row.cells | {key: books.cell(value)})
        table.rows = [*table.rows[:at], other, *table.rows[at + 1 :]]

    def day(self, today: dt.date, closed: ClosedDays) -> None:
        """One working day: issue, type, update, send."""
        issued = []
        for i, card in enumerate(self.cards):
            if i not in self.issued and card.issued <= today:
                self.issued.add(i)
                issued.append(i)
            if card.filed and card.filed <= today and i in self.issued and i not in self.filed:
                self.filed.add(i)
                self._file(card)
            if card.control_no in self.rows:
                if card.returned == today:
                    self._type(card, "returned", today)
                if card.destroyed == today:
                    self._type(card, "remarks", "滅失の届あり")
        values = [
            {**self.cards[i].__dict__, "department": "総務部", "control_no": None} for i in issued
        ]
        plan = update(self.book, SETTINGS, today, closed, values)
        for i, item in zip(issued, plan.entries[len(plan.entries) - len(issued) :], strict=True):
            self.cards[i].control_no = item.entry.control_no
            self.by_control[item.entry.control_no] = self.cards[i]
        books.carry_out(self.book, plan)
        for at, row in enumerate(self.book.tables["ledger"].rows):
            self.rows[row.text("control_no")] = at
        for i in issued:  # typed on the day of issue or before it
            card = self.cards[i]
            if card.destroyed and card.destroyed <= today:
                self._type(card, "remarks", "滅失の届あり")
            if card.returned and card.returned <= today:
                self._type(card, "returned", card.returned)
        if issued:
            plan = update(self.book, SETTINGS, today, closed)
        for stage in due_letters(plan, self.book, SETTINGS, today, closed):
            mark = PRE_NOTICE if stage.step == "pre_notice" else ""
            self.by_control[stage.control_no].letters.append((stage.kind + mark, today))
            self._add(
                "history",
                {
                    "issued": today,
                    "letter": stage.kind,
                    "control_no": stage.control_no,
                    "remarks": mark,
                },
            )
        self.last = plan

    def _file(self, card: Card) -> None:
        if card.by_event:
            self._add(
                "dependants",
                {**card.__dict__, "event": "removed", "event_date": card.lost, "filed": None},
            )
        elif card.kind == "insured":
            self._add("loss", {**card.__dict__, "cause": "leaving", "filed": None})


Choice = Callable[[list[Card], set[dt.date]], list[Card]]


def run(
    members: int = 5000, end: dt.date = END, choice: Choice = lambda cards, _: cards
) -> tuple[list[str], float, int]:
    """Simulate; the differences to the recount (none is right), the seconds, the letters. choice: which
    of the certificates, with the closed days as its second argument."""
    closed = ClosedDays(built_in(2023, 2028))
    cards = choice(population(members), set(closed.days))
    office = Office(cards)
    began = time.perf_counter()
    today = START
    while today <= end:
        office.day(today, closed)
        today += DAY
    seconds = time.perf_counter() - began
    states = {item.entry.control_no: item.state for item in office.last.entries}
    again = update(office.book, SETTINGS, end, closed)
    settled = [(row, key) for row, key, _ in again.changes if key != "next_action"]
    wrong = [f"a second update would change {settled[:3]}"] if settled or again.added else []
    free = set(closed.days)
    for card in cards:
        letters, state = recount(card, free)
        if card.letters != letters or (card.control_no and states[card.control_no] != state):
            wrong.append(f"{card}: {letters} {state}, but {states.get(card.control_no)}")
    return wrong, seconds, sum(len(card.letters) for card in cards)


def main() -> int:
    """Run and report; 1 when a case differs."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    wrong, seconds, letters = run(members)
    print(
        f"{members} members, {(END - START).days + 1} daily runs: {seconds:.1f} s, {letters} letters"
    )
    print("\n".join(wrong[:20]) or "every case agrees with the recount")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

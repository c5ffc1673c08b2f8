"""A month of an insurer, day by day through the real jobs, and a recount that knows none of our code.

    python tests/simulate_month.py

Employers send books (one with a name typed wrong, one in a .zip), join, change names, leave; a later
book corrects one row of an earlier one. The core system's cards are imported. The clerk takes filings
in, prints, corrects a birth after the printing, orders cards anew (氏名変更, 記載誤り, 紛失), voids one that
never went out, enters what came back, reminds; at last she looks at the renewals and erases numbers
whose time is over. Every letter about every person is compared with what simple arithmetic over the
events says: none missing, none doubled, none under a 管理番号 used before.
"""

import datetime as dt
import io
import os
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "kits"))

from desk_books import book, clean, put, read
from shikaku.jobs import (
    cards_import,
    check,
    collect,
    decide,
    enroll,
    letters,
    purge,
    received,
    renewals,
    returns,
)
from shikaku.workbook.closed_file import ClosedBook

DAYS = [dt.date(2026, 4, day) for day in (1, 8, 15, 22)]
"""The clerk's days, all Wednesdays; no holiday of the month lies among them and their limits."""

LAST, RENEWED = dt.date(2030, 11, 30), dt.date(2026, 5, 6)
CORE = dt.date(2025, 12, 1)
_FAMILIES = "東西南北上中下前後池松竹梅桜杉石森"
EMPLOYERS = {"101": "株式会社東", "102": "有限会社西", "103": "南工業株式会社"}


@dataclass
class Someone:
    """A person and all that happens, by the clerk's day (0 … 3), known before the first run."""

    key: str
    symbol: str
    number: str
    branch: str = "00"
    joins: int | None = None  # 取得届 or 該当 of that day; None: on the register from the beginning
    core: bool = False  # the core system issued a card
    core_expiry: dt.date = dt.date(2029, 11, 30)
    leaves: int | None = None  # the insured's 喪失届 of that day
    attached: bool = False
    back: int | None = None  # the card comes back by scan
    handling: tuple[int, str] | None = None  # what the clerk orders, and when
    new_name: int | None = None  # 変更 of that day
    new_birth: int | None = None  # corrected by the clerk on the register
    registered: bool = False  # マイナ保険証を使える
    row: dict = field(default_factory=dict)


def people() -> list[Someone]:
    """Three employers' people, each of whom shows something."""
    return [
        Someone("plain", "101", "1"),
        Someone("registered", "101", "2", registered=True),
        Someone("imported", "101", "3", core=True),
        Someone("renewed", "101", "4", core=True, core_expiry=RENEWED),
        Someone("newcomer", "101", "5", joins=0),
        Someone("later", "101", "6", joins=1),
        Someone("corrected", "102", "1", joins=0, new_birth=1, handling=(1, "reissue_corrected")),
        Someone("beside", "102", "2", joins=0),
        Someone("lost card", "102", "3", core=True, handling=(1, "reissue_lost")),
        Someone("never sent", "102", "4", handling=(1, "void")),
        Someone("mother", "102", "5"),
        Someone("married", "102", "5", "01", new_name=1, handling=(1, "reissue_renamed"), back=2),
        Someone("left", "103", "1", core=True, leaves=1),
        Someone("child", "103", "1", "01", core=True),
        Someone("brought", "103", "2", core=True, leaves=1, attached=True),
        Someone("scanned", "103", "3", leaves=1, back=2),
        Someone("stays", "103", "4", core=True),
    ]


def _rows(everybody: list[Someone]) -> None:
    """A row of data for everybody; a family name for a family."""
    insured: dict[tuple[str, str], Someone] = {}
    for n, (one, row) in enumerate(zip(everybody, clean(len(everybody), seed=7), strict=True)):
        dependant = one.branch != "00"
        home = insured.setdefault((one.symbol, one.number), one)
        row |= {
            "symbol": one.symbol,
            "number": one.number,
            "branch": one.branch,
            "kind": "被扶養者" if dependant else "被保険者",
            "name": f"{_FAMILIES[n]}田　{'春夏秋冬'[n % 4]}子",
            "birth": dt.date(2012, 1, 1 + n) if dependant else dt.date(1985, 1, 1 + n),
            "acquired": DAYS[one.joins] if one.joins is not None else dt.date(2020, 4, 1),
            "lost": "",
            "relationship": "長女" if dependant else "",
            "insured_name": home.row.get("name", "") if dependant else "",
            "myna_status": "利用登録済" if one.registered else "カードなし",
            "status_checked": dt.date(2026, 4, 1),
            "want": "" if one.registered else "希望する",
            "want_reason": "" if one.registered else "作っていない",
            "old_card": "なし",
        }
        one.row = row


# --------------------------------------------------------------------- the recount


def recount(everybody: list[Someone]) -> Counter[tuple[str, str, dt.date]]:
    """(person, kind, day) of every certificate and letter about a return, from the events alone."""
    found: Counter[tuple[str, str, dt.date]] = Counter()
    leaves = {(p.symbol, p.number): p.leaves for p in everybody if p.leaves is not None}
    for one in everybody:
        gone = leaves.get((one.symbol, one.number))
        if not one.core and not one.registered:
            found[one.key, "certificate", DAYS[one.joins or 0]] += 1
        if one.core_expiry == RENEWED:  # thirty days before the end, on the next of her days
            found[one.key, "certificate", DAYS[1]] += 1
        if one.handling:
            day, what = one.handling
            found[one.key, "certificate", DAYS[day]] += 1
            if what in ("reissue_renamed", "reissue_corrected"):
                found += _asked(one, DAYS[day], _weekday(DAYS[day] + dt.timedelta(4)))
        if gone is not None and not one.attached:
            lost = DAYS[gone] - dt.timedelta(2)
            found += _asked(one, DAYS[gone], _weekday(lost + dt.timedelta(4)))
    return found


def _asked(one: Someone, day: dt.date, limit: dt.date) -> Counter[tuple[str, str, dt.date]]:
    """A request on the day, and a reminder on the first of the clerk's days that is five working days
    after the limit and after the request, unless the card is back."""
    found = Counter({(one.key, "return-request", day): 1})
    due = max(_after(limit, 5), _after(day, 5))
    reminded = next((d for d in DAYS if d >= due), None)
    if reminded and not (one.back is not None and DAYS[one.back] <= reminded):
        found[one.key, "return-reminder", reminded] += 1
    return found


def _weekday(day: dt.date) -> dt.date:
    while day.weekday() > 4:
        day += dt.timedelta(1)
    return day


def _after(day: dt.date, count: int) -> dt.date:
    while count:
        day += dt.timedelta(1)
        count -= day.weekday() < 5
    return day


# --------------------------------------------------------------------- the clerk


class Clerk:
    """The insurer's book, the folder of what arrives, and what she does each day."""

    def __init__(self, folder: Path, everybody: list[Someone]):
        self.folder, self.everybody = folder, everybody
        self.inbox, self.path, self.out = folder / "inbox", folder / "b.xlsx", folder / "out"
        self.wrong: list[str] = []

    @property
    def session(self) -> ClosedBook:
        """A session of its own for each job, as a command has it."""
        return ClosedBook(self.path)

    def set(self, *cells: tuple[str, int, str, object]) -> None:
        """Type into cells by hand."""
        session = self.session
        session.read()
        session.set_cells(cells)
        session.commit()

    def day(self, index: int) -> None:
        """What arrives, what she types, what she prints."""
        today = DAYS[index]
        self._arrives(index)
        collect.collect(self.inbox, self.path, as_of=today)
        if index == 0:
            self._settings()
            self._import_cards(today)
        enroll.enroll(self.session, today, write=True)
        self._types(index)
        if index == 0:
            self._renewals()
        options = {"as_of": today, "formats": ("docx",), "quiet": True}
        letters.letters(self.session, self.out, kinds=["certificate"], **options)
        self._comes_back(index)
        returns.remind(self.session, self.out, **options)
        self._again(today)

    def _arrives(self, index: int) -> None:
        for symbol, name in EMPLOYERS.items():
            sheets = self._filings(symbol, index)
            if index == 0:
                sheets["members"] = [
                    p.row for p in self.everybody if p.symbol == symbol and p.joins is None
                ]
            if not any(sheets.values()):
                continue
            typed = name.replace("工業", "鉱業") if index else name  # 103's slip of the second book
            data = book(typed, symbol, **sheets)
            place = self.inbox / DAYS[index].isoformat()
            if symbol == "101":
                put(place / "101.zip", _zipped("届出.xlsx", data), DAYS[index])
            else:
                put(place / f"{symbol}.xlsx", data, DAYS[index])

    def _filings(self, symbol: str, index: int) -> dict[str, list[dict]]:
        own = [p for p in self.everybody if p.symbol == symbol]
        joined = [p.row | {"filed": DAYS[index]} for p in own if p.joins == index]
        again = [  # a correction that holds one row of two: the other stays
            p.row | {"birth": _other_birth(p), "filed": DAYS[index]}
            for p in own
            if p.new_birth == index
        ]
        changed = [
            p.row
            | {
                "event": "変更",
                "event_date": DAYS[index],
                "event_reason": "氏名変更",
                "name": _other_name(p),
                "filed": DAYS[index],
                "remarks": f"変更前 {p.row['name']}",
            }
            for p in own
            if p.new_name == index
        ]
        lost = [
            p.row
            | {
                "lost": DAYS[index] - dt.timedelta(2),
                "left": DAYS[index] - dt.timedelta(3),
                "cause": "退職等",
                "filed": DAYS[index],
                "attached_count": int(p.attached),
                "not_returnable_count": 0,
            }
            for p in own
            if p.leaves == index
        ]
        return {"acquisition": joined + again, "dependants": changed, "loss": lost}

    def _settings(self) -> None:
        rows = read(self.path).setting_rows
        values = {
            "insurer_number": "06130009",
            "insurer_name": "ひかり産業健康保険組合",
            "insurer_address": "100-0001 東京都架空区1",
            "insurer_phone": "00-0000-0000",
            "certificate_expiry": LAST,
        }
        self.set(*(("settings", rows[key], key, value) for key, value in values.items()))

    def _import_cards(self, today: dt.date) -> None:
        lines = ["記号,番号,枝番,生年月日,交付年月日,有効期限,管理番号"]
        lines += [
            f"{p.symbol},{p.number},{p.branch},{p.row['birth']},{CORE},{p.core_expiry},C-{n}"
            for n, p in enumerate(self.everybody)
            if p.core
        ]
        lines.append(f"101,99,00,1990-01-01,{CORE},,C-99")
        file = self.folder / "core.csv"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        found = cards_import.cards_import(self.session, file, as_of=today).found
        if [one.reason for one in found.listed] != ["unknown"]:
            self.wrong.append(f"cards-import lists {found.listed}")
        before = self.path.read_bytes()
        cards_import.cards_import(self.session, file, as_of=today)
        if self.path.read_bytes() != before:
            self.wrong.append("a second cards-import changes the book")

    def _types(self, index: int) -> None:
        """She corrects the register, sees that printed cards differ, and orders others."""
        where = {
            (r.text("symbol"), r.text("number"), r.text("branch")): r.number
            for r in read(self.path).rows("members")
        }
        for one in self.everybody:
            if one.new_birth == index:
                row = where[one.symbol, one.number, one.branch]
                self.set(("members", row, "birth", _other_birth(one)))
        differing = {
            f.row for f in check.check(self.session, as_of=DAYS[index]).findings if f.code == "KK18"
        }
        expected = {
            where[p.symbol, p.number, p.branch]
            for p in self.everybody
            if index in (p.new_birth, p.new_name)
        }
        if differing != expected:
            self.wrong.append(f"{DAYS[index]}: KK18 in rows {differing}, not {expected}")
        for one in self.everybody:
            if one.handling and one.handling[0] == index:
                self.set(("ledger", self._card(one), "handling", one.handling[1]))

    def _card(self, one: Someone) -> int:
        """The row of somebody's first card."""
        return next(
            r.number
            for r in read(self.path).rows("ledger")
            if (r.text("symbol"), r.text("number"), r.text("branch"))
            == (one.symbol, one.number, one.branch)
        )

    def _comes_back(self, index: int) -> None:
        back = [p for p in self.everybody if p.back == index]
        if not back:
            return
        rows = {r.number: r.text("control_no") for r in read(self.path).rows("ledger")}
        file = self.folder / "scan.txt"
        file.write_text("".join(f"{rows[self._card(p)]}\n" for p in back), "utf-8")
        found = received.received(self.session, file, as_of=DAYS[index]).found
        if found.listed or len(found.days) != len(back):
            self.wrong.append(f"received: {found}")

    def _renewals(self) -> None:
        """Who runs out in the next 60 days, and the day of the new one."""
        found = renewals.renewals(self.session, DAYS[0], within=60).to_json()
        said = [
            (one["record"], one["expiry"], one["new_expiry"], one["issue_on"])
            for group in found["employers"]
            for one in group["people"]
        ]
        on = (RENEWED - dt.timedelta(30)).isoformat()
        wanted = [
            (f"{p.symbol}-{p.number}-{p.branch}", RENEWED.isoformat(), LAST.isoformat(), on)
            for p in self.everybody
            if p.core_expiry == RENEWED
        ]
        if said != wanted:
            self.wrong.append(f"renewals says {said}, not {wanted}")

    def _again(self, today: dt.date) -> None:
        """A second run of the day makes nothing."""
        options = {"as_of": today, "formats": ("docx",), "quiet": True}
        more = letters.letters(self.session, self.out, kinds=["certificate"], **options).made
        more += returns.remind(self.session, self.out, **options).made
        if more:
            self.wrong.append(f"{today}: a second run makes {more}")


def _zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _other_birth(one: Someone) -> dt.date:
    return one.row["birth"].replace(month=2)


def _other_name(one: Someone) -> str:
    return "新山　" + one.row["name"].split("　")[1]


# --------------------------------------------------------------------- the comparison


def run(folder: Path) -> tuple[list[str], int]:
    """Simulate in a folder; what differs from the recount (nothing should), and the letters."""
    everybody = people()
    _rows(everybody)
    clerk = Clerk(folder, everybody)
    clerk.inbox.mkdir(parents=True)
    for index in range(len(DAYS)):
        clerk.day(index)
    target = read(clerk.path)
    keys = {(p.symbol, p.number, p.branch): p.key for p in everybody}
    sent: Counter[tuple[str, str, dt.date]] = Counter()
    numbers: dict[str, set] = defaultdict(set)
    for row in target.rows("history"):
        kind, who = row.word("letter"), tuple(row.text(k) for k in ("symbol", "number", "branch"))
        if kind != "cards-import":
            sent[keys[who], kind, row.date("issued")] += 1
        if kind in ("certificate", "cards-import"):
            numbers[row.text("control_no")].add((who, row.date("birth"), row.date("issued")))
    wanted = recount(everybody)
    wrong = clerk.wrong + [f"missing {one}" for one in wanted - sent]
    wrong += [f"too much {one}" for one in sent - wanted]
    wrong += [f"{no} is on {found}" for no, found in numbers.items() if len(found) > 1]
    wrong += _at_the_end(clerk)
    return wrong, sum(sent.values())


def _at_the_end(clerk: Clerk) -> list[str]:
    """Renewals ahead; and a purge that changes no decision."""
    wrong = []
    ahead = renewals.renewals(clerk.session, DAYS[0], within=60).to_json()["count"]
    if ahead:
        wrong.append(f"{ahead} renewals though the only card that ran out was renewed")
    day = dt.date(2029, 6, 1)
    before = decide.decide(clerk.session, day).to_json()
    purged = purge.purge(clerk.session, day, write=True)
    if before != decide.decide(clerk.session, day).to_json():
        wrong.append("the purge changes decisions")
    return wrong if purged else ["nothing was purged", *wrong]


def main() -> int:
    """Run and report; 1 when anything differs."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHIKAKU_LOG_DIR"] = f"{folder}/log"
        began = time.perf_counter()
        wrong, count = run(Path(folder))
    print(f"{count} letters, {len(DAYS)} days: {time.perf_counter() - began:.1f} s")
    print("\n".join(wrong) or "every letter agrees with the recount")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

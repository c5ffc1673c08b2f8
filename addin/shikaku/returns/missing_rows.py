"""Rows that 返納管理 lacks: documents that were issued, old cards that are still due, 管理番号 to come."""

import dataclasses
import datetime as dt
import heapq
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from shikaku.decisions import old_card, returns, validity
from shikaku.decisions.enrolled import Enrolled, enrolled
from shikaku.identity import ends
from shikaku.identity.holders import Losses
from shikaku.identity.matching import (
    CardKey,
    Household,
    PersonKey,
    card_keys,
    household,
    is_card_of,
    person_key,
)
from shikaku.law.validity import last_day
from shikaku.model.ledger import PRINTED, LedgerEntry
from shikaku.model.people import people
from shikaku.model.settings import Settings
from shikaku.model.tables import Book

FROM_HISTORY = "発行履歴から戻した行。有効期限を確かめてください"
"""備考 of a row that the ledger lacked."""

_PREFIX = "K"


class ControlNumbers:
    """The next free 管理番号: one more than the largest, never one that was used before — not even
    for a row that has been deleted since, whose letters 発行履歴 still has."""

    def __init__(self, book: Book, entries: list[LedgerEntry]):
        self._used = {e.control_no for e in entries}
        self._used |= {row.text("control_no") for row in book.rows("history")}
        self._serials: dict[str, Iterator[int]] = {}
        found = [re.fullmatch(rf"{_PREFIX}(\d+)", no) for no in self._used]
        self._last = max((int(m[1]) for m in found if m), default=0)

    def next(self) -> str:
        """A number that no row and no letter has had."""
        self._last += 1
        return f"{_PREFIX}{self._last:05d}"

    def missing(self, entries: list[LedgerEntry]) -> Iterator[tuple[int, str]]:
        """(place, number) for rows typed or pasted in without one, and for those whose number a row
        above has: letters go by it, so two documents can't share one. A number of the insurer's
        own that a family shares gets a serial (12-1 → 12-1-2), a copy of ours the next number."""
        seen = set()
        for i, entry in enumerate(entries):
            number = entry.control_no
            if "control_no" in entry.unclear:
                continue
            if not number or (number in seen and re.fullmatch(rf"{_PREFIX}\d+", number)):
                yield i, self.next()
            elif number in seen:
                yield i, self._serial(number)
            seen.add(number)

    def _serial(self, number: str) -> str:
        serials = self._serials.setdefault(number, itertools.count(2))
        found = next(no for n in serials if (no := f"{number}-{n}") not in self._used)
        self._used.add(found)
        return found


def blank(values: Mapping[str, Any], document: str) -> LedgerEntry:
    """A row of a document that the ledger hasn't yet. values: by schema key."""
    return LedgerEntry(
        row=0,
        control_no=values.get("control_no", ""),
        document=document,
        symbol=values["symbol"],
        number=values["number"],
        branch=values["branch"],
        name=values["name"],
        kind=values["kind"],
        department=values["department"],
        issued=values["issued"],
        expiry=values["expiry"],
        lost=None,
        required=None,
        due=None,
        returned=None,
        reminders=0,
        last_reminder=None,
        next_action="",
        remarks=values.get("remarks", ""),
    )


def from_history(
    book: Book, entries: list[LedgerEntry], settings: Settings, as_of: dt.date
) -> list[dict[str, Any]]:
    """Certificates that 発行履歴 has and the ledger hasn't: a run was cut between the two, or the
    row was deleted by hand. The 管理番号 in the history says which row it would be. 有効期限, which the
    history hasn't, is the one that a certificate issued on that day to that person got."""
    known = {e.control_no for e in entries}
    missing: list[dict[str, Any]] = []
    for row in book.rows("history"):
        control_no = row.text("control_no")
        if row.word("letter") not in PRINTED or control_no in known:
            continue
        if row.date("issued") is None:
            continue
        missing.append(
            {
                "symbol": row.text("symbol"),
                "number": row.text("number"),
                "branch": row.text("branch"),
                "name": row.text("name"),
                "kind": None,
                "department": "",
                "issued": row.date("issued"),
                "expiry": None,
                "control_no": control_no,
                "remarks": FROM_HISTORY,
            }
        )
    if missing:
        cover = _Cover(book, settings, as_of)
        for values in missing:
            values["expiry"] = cover.expiry(blank(values, "certificate"), values["issued"])
    return missing


class _Cover:
    """How long the certificates were good that people got some day: looked up, since one 記号・番号 may
    have thousands of letters, losses and dependants."""

    def __init__(self, book: Book, settings: Settings, as_of: dt.date) -> None:
        self._settings = settings
        self._owners: dict[CardKey, list[tuple[int, Enrolled]]] = defaultdict(list)
        self._insured_ends: dict[Household | None, dt.date] = {}
        self._filed: dict[tuple[Household | None, dt.date], dt.date] = {}
        for place, one in enumerate(enrolled(book, settings, as_of)):
            for key in card_keys(one.person):
                self._owners[key].append((place, one))
            end = None if one.person.is_dependant else ends.by_itself(one.person)
            if end is not None:
                home = household(one.person)
                self._insured_ends[home] = min(end[0], self._insured_ends.get(home, end[0]))
        for person in people(book, "loss", "dependants"):
            if person.lost is not None and person.filed is not None:
                loss = household(person), person.lost
                self._filed[loss] = min(person.filed, self._filed.get(loss, person.filed))

    def expiry(self, draft: LedgerEntry, issued: dt.date) -> dt.date | None:
        """有効期限 within the cover of whose it is, as ``validity`` has it; five years at the most (R31)."""
        found = (self._owners.get(key, []) for key in card_keys(draft))
        status, cover_end = None, None
        for _, one in heapq.merge(*found, key=itemgetter(0)):
            ended = one.cover_end is not None and one.cover_end <= issued
            if not ended and is_card_of(draft, one.person):
                status, cover_end = one.person.myna_status, self._known_end(one, issued)
                break
        last = validity.expiry(status, cover_end, issued, self._settings)
        return last and min(last, last_day(issued))

    def _known_end(self, one: Enrolled, issued: dt.date) -> dt.date | None:
        """The end of cover that was known when the certificate was printed: one that comes by itself, of
        a dependant the insured's, too, or a loss in a filing. A loss that was filed since is none: before
        it the certificate was good for longer, and so it comes back (R32)."""
        home, own = household(one.person), ends.by_itself(one.person)
        insured = self._insured_ends.get(home) if one.person.is_dependant else None
        days = [day for day in (own and own[0], insured) if day]
        if one.cover_end is not None:
            filed = self._filed.get((home, one.cover_end))
            days += [one.cover_end] if filed is not None and filed <= issued else []
        return min(days, default=None)


def _with_old_cards(entries: list[LedgerEntry], losses: Losses) -> set[PersonKey]:
    """The people, by each of their names, for whose old card there is a row."""
    held_by = [entry for entry in entries if entry.document == "old_card"]
    known = {person_key(entry) for entry in held_by}
    whose = {id(rows): rows for rows in map(losses.rows_of, held_by)}  # of copies it is one list
    known |= {person_key(person) for rows in whose.values() for person in rows}
    return known


def old_cards(
    entries: list[LedgerEntry],
    numbers: ControlNumbers,
    losses: Losses,
    settings: Settings,
    as_of: dt.date,
) -> list[LedgerEntry]:
    """A row for each old card that is still due, or may become so (R5–R7); for one that may be there,
    旧被保険者証 being blank, from the loss on."""
    known = _with_old_cards(entries, losses)
    stays = returns.required("old_card", lost=None, expiry=None, as_of=as_of, settings=settings)
    rows = []
    for person in losses.people:
        if person.sheet != "members" or (held := old_card.held(person, listed=False)) is False:
            continue
        if not held and stays.required != "yes" and not losses.may_lose(person):
            continue  # nearly everybody
        if (key := person_key(person)) in known:
            continue
        values = {
            "symbol": person.symbol,
            "number": person.number,
            "branch": person.branch,
            "name": person.name,
            "kind": person.kind,
            "department": person.department,
            "issued": None,
            "expiry": None,
        }
        draft = blank(values, "old_card")
        loss = losses.holder(draft).loss
        decision = returns.required(
            "old_card", lost=loss.day if loss else None, expiry=None, as_of=as_of, settings=settings
        )
        # Who may have one, nobody has said: asked for when it would have to come back.
        if decision.required == "yes" or (held and decision.required != "no"):
            known.add(key)
            rows.append(dataclasses.replace(draft, control_no=numbers.next()))
    return rows

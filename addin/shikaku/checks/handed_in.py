"""LS03, LS08, LS09, LS12: the certificates that come back with a loss (R32, R46; 健保則51条)."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.checks.doubles import misfiled
from shikaku.checks.printed import holders
from shikaku.identity.matching import Household, fold_name
from shikaku.model.ledger import LedgerEntry, destroyed
from shikaku.model.tables import Row


@dataclass(frozen=True, slots=True)
class Held:
    """Certificates of one household on the day of loss: ``sure`` must be in the count, ``maybe``
    may be — because the validity isn't recorded, 滅失 was reported before, or a 異動届 names it, too."""

    sure: int
    maybe: int


def certificates(context: Context) -> dict[Household, list[LedgerEntry]]:
    """The certificates of 返納管理 by household, that of today after a change of the 番号 or 記号."""
    register = context.register
    found = defaultdict(list)
    for entry in context.ledger:
        if entry.document != "certificate" or entry.void:
            continue
        rows = holders(context).rows_of(entry)
        own = register.household(entry.symbol, entry.number)
        household = register.home(rows[0]) if rows else own
        if household:
            found[household].append(entry)
    return found


def _own(context: Context) -> dict[tuple[Household, str], list[LedgerEntry]]:
    """The certificates of 返納管理 by household and folded name."""
    found = defaultdict(list)
    for home, entries in context.once(certificates).items():
        for entry in entries:
            found[home, fold_name(entry.name)].append(entry)
    return found


def _removals(context: Context) -> dict[tuple[Household, str], dt.date]:
    """(household, folded name) → the earliest 非該当 of that dependant."""
    register = context.register
    found: dict[tuple[Household, str], dt.date] = {}
    for person in context.people.values():
        home = register.home(person)
        if person.sheet == "dependants" and person.lost and home:
            key = home, register.name(person)
            found[key] = min(person.lost, found.get(key, person.lost))
    return found


def _losses(context: Context) -> set[tuple[Household, dt.date]]:
    """(household, 資格喪失年月日) of 資格喪失届."""
    register = context.register
    people = (p for p in context.people.values() if p.sheet == "loss")
    return {(home, p.lost) for p in people if p.lost and (home := register.home(p))}


def _valid(entry: LedgerEntry, lost: dt.date) -> bool | None:
    """Whether a certificate is valid and out on the day of loss; None when it can't be said."""
    if entry.returned is not None and entry.returned < lost:
        return False
    if entry.issued is not None and entry.issued > lost:
        return False  # of a later membership under the same 記号・番号
    if entry.expiry is None:
        return None
    if entry.expiry < lost:
        return False
    return None if destroyed(entry.remarks) else True


def held(context: Context, household: Household, lost: dt.date) -> Held:
    """What the insured's filing of loss must count (R46): the certificates of the insured and of
    the dependants, but of a dependant who left before, whose 異動届 has it. A certificate that the
    dependant's 異動届 of the same day sends back may be counted on either filing: 健保則51条3項 ties only
    the insured's to 資格喪失届."""
    counted = context.once(_counted)
    if (household, lost) not in counted:
        counted[household, lost] = _count(context, household, lost)
    return counted[household, lost]


def _counted(context: Context) -> dict[tuple[Household, dt.date], Held]:
    return {}


def _count(context: Context, household: Household, lost: dt.date) -> Held:
    families = context.once(_cards_of_families)
    if household not in families:
        families[household] = _FamilyCards(context, household)
    family = families[household]
    names = context.once(_sent_back).get((household, lost), ())
    named = sum(family.named[name].sure(lost) for name in names if name in family.named)
    return Held(family.all.sure(lost) - named, family.all.maybe(lost) + named)


class _CardsOut:
    """On which days of loss certificates are valid and out: a household may have thousands of both."""

    def __init__(self) -> None:
        self._starts: tuple[list[dt.date], list[dt.date]] = ([], [])
        self._ends: tuple[list[dt.date], list[dt.date]] = ([], [])

    def add(self, entry: LedgerEntry, gone: dt.date | None) -> None:
        """Note a certificate (``_valid``). gone: the earliest 非該当 of its holder."""
        start = entry.issued or dt.date.min
        ends = (gone, entry.lost, entry.returned, entry.expiry)
        end = min((day for day in ends if day is not None), default=dt.date.max)
        if start <= end:
            unsure = entry.expiry is None or destroyed(entry.remarks)
            self._starts[unsure].append(start)
            self._ends[unsure].append(end)

    def sort(self) -> None:
        """Put them in order, when all are noted."""
        for days in (*self._starts, *self._ends):
            days.sort()

    def sure(self, lost: dt.date) -> int:
        """How many certainly are on a day."""
        return self._at(lost, unsure=False)

    def maybe(self, lost: dt.date) -> int:
        """How many may be."""
        return self._at(lost, unsure=True)

    def _at(self, day: dt.date, *, unsure: bool) -> int:
        return bisect_right(self._starts[unsure], day) - bisect_left(self._ends[unsure], day)


class _FamilyCards:
    """The certificates of one household: all, and those of each folded name."""

    def __init__(self, context: Context, household: Household) -> None:
        removed = context.once(_removals)
        self.all = _CardsOut()
        self.named: dict[str, _CardsOut] = defaultdict(_CardsOut)
        for entry in context.once(certificates).get(household, ()):
            name = fold_name(entry.name)
            for spans in (self.all, self.named[name]):
                spans.add(entry, removed.get((household, name)))
        for spans in (self.all, *self.named.values()):
            spans.sort()


def _cards_of_families(context: Context) -> dict[Household, _FamilyCards]:
    return {}


def _sent_back(context: Context) -> dict[tuple[Household, dt.date], set[str]]:
    """(household, day) → the folded names of the 非該当 whose 資格確認書の回収 names the certificate."""
    register = context.register
    found: dict[tuple[Household, dt.date], set[str]] = defaultdict(set)
    for item in _removed_rows(context):
        if item.choice not in (None, "none"):
            name = register.name(context.people["dependants", item.row.number])
            found[item.home, item.lost].add(name)
    return found


@check(
    "LS03",
    "error",
    columns=(
        "attached_count",
        "not_returnable_count",
        "symbol",
        "number",
        "expiry",
        "returned",
        "collected",
    ),
    title="資格確認書の枚数が返納管理と合わない",
    message="添付{attached}枚と返不能{missing}枚を足した数が、"
    "返納管理にある有効な資格確認書{held}枚(本人と被扶養者)と合いません。",
    hint="回収した資格確認書と返納管理を照らし合わせ、枚数を直してください。"
    "回収できないものは返不能の枚数に入れます。被扶養者の分は、同じ日の異動届に添付してもかまいません。",
    source="R32・R46、健保則51条",
    blank="添付と返不能の枚数が空欄ですが、"
    "返納管理には有効な資格確認書が{held}枚(本人と被扶養者)あります。",
    to_employer={
        "": "添付{attached}枚と返不能{missing}枚を足した数が、健保組合の記録にある有効な資格確認書{held}枚"
        "(本人と被扶養者)と合いません。",
        "blank": "添付と返不能の枚数が空欄ですが、健保組合の記録には有効な資格確認書が{held}枚"
        "(本人と被扶養者)あります。",
        "hint": "回収した資格確認書の枚数を確かめて、直してください。回収できないものは返不能の枚数に入れます。"
        "被扶養者の分は、同じ日の異動届に添付してもかまいません。",
    },
)
def certificate_count(context: Context) -> Hits:
    """添付 + 返不能 = the certificates of insured and dependants valid on the day of loss (R32: the
    last day of validity counts), not returned before it. Blank counts as none."""
    register = context.register
    keys = ("attached_count", "not_returnable_count")
    if "ledger" not in context.book.tables or not all(context.has("loss", key) for key in keys):
        return
    for row in context.rows("loss"):
        lost = row.date("lost")
        home = register.home(context.people["loss", row.number])
        if lost is None or home is None or ("loss", row.number) in context.once(misfiled):
            continue
        counts = _counts(row, keys)
        if not counts:
            continue
        out = held(context, home, lost)
        if out.sure <= sum(counts) <= out.sure + out.maybe:
            continue
        number = f"{out.sure}〜{out.sure + out.maybe}" if out.maybe else out.sure
        values = {"attached": counts[0], "missing": counts[1], "held": number}
        variant = "blank" if all(is_blank(row, key) for key in keys) else ""
        yield Hit("loss", row.number, "attached_count", values, variant=variant)


def _counts(row: Row, keys: tuple[str, ...]) -> list[int]:
    """The counts of a row, blank as none; [] when one can't be read (RQ03)."""
    found = [0 if is_blank(row, key) else row.count(key) for key in keys]
    return [count for count in found if count is not None] if None not in found else []


@check(
    "LS08",
    "error",
    columns=("not_returnable_count", "not_returnable_reason"),
    title="返不能の理由がない",
    message="返不能の枚数があるのに、返不能の理由が空欄です。",
    hint="資格確認書を添付できない理由(紛失、本人と連絡がとれない など)を書いてください。",
    source="健保則51条3項",
)
def no_reason(context: Context) -> Hits:
    """返不能 one or more, no reason on the form."""
    for row in context.rows("loss"):
        if (row.count("not_returnable_count") or 0) > 0 and is_blank(row, "not_returnable_reason"):
            yield Hit("loss", row.number, "not_returnable_reason")


@check(
    "LS09",
    "error",
    columns=("event", "event_date", "collected", "expiry", "returned"),
    title="非該当の資格確認書の回収が返納管理と合わない",
    message="返納管理には、この被扶養者の有効な資格確認書があります。"
    "資格確認書の回収が空欄または「なし」になっています。",
    hint="添付するときは「添付」、回収できないときは「返不能」か「滅失」を選んでください。",
    source="R32・R46、健保則51条",
    to_employer={
        "": "健保組合の記録には、この被扶養者の有効な資格確認書があります。"
        "資格確認書の回収が空欄または「なし」になっています。",
    },
)
def collected(context: Context) -> Hits:
    """非該当: only that dependant's certificate. One too many is LS12. When the insured loses on the
    same day, 資格喪失届 may count it instead (LS03)."""
    for item in _removed_rows(context):
        same_day = (item.home, item.lost) in context.once(_losses)
        if True in item.own and item.choice in (None, "none") and not same_day:
            yield Hit("dependants", item.row.number, "collected")


@check(
    "LS12",
    "warning",
    columns=("event", "event_date", "collected", "expiry", "returned"),
    title="返納管理にない資格確認書の回収",
    message="資格確認書の回収が「{collected}」ですが、"
    "返納管理にはこの被扶養者の有効な資格確認書がありません。",
    hint="返納管理の有効期限と返納日を確かめてください。期限切れ、返納済み、交付なしなら「なし」です。",
    source="R32・R46、健保則51条",
)
def collected_nothing(context: Context) -> Hits:
    """非該当 with a certificate sent back that the ledger doesn't know to be good."""
    for item in _removed_rows(context):
        if item.choice not in (None, "none") and not any(v is not False for v in item.own):
            values = {"collected": item.row.text("collected")}
            yield Hit("dependants", item.row.number, "collected", values)


@dataclass(frozen=True, slots=True)
class _Removed:
    """A 非該当 whose day and household are known. ``choice``: 資格確認書の回収. ``own``: whether each
    certificate of the dependant is valid on the day."""

    row: Row
    lost: dt.date
    home: Household
    choice: str | None
    own: set[bool | None]


def _removed_rows(context: Context) -> list[_Removed]:
    return context.once(_all_removed)


def _all_removed(context: Context) -> list[_Removed]:
    return list(_removed(context))


def _removed(context: Context) -> Iterator[_Removed]:
    register = context.register
    known: dict[tuple[Household, str, dt.date], set[bool | None]] = {}
    if not context.has("dependants", "collected") or "ledger" not in context.book.tables:
        return
    for row in context.rows("dependants"):
        person = context.people["dependants", row.number]
        home = register.home(person)
        if person.lost is None or home is None:
            continue
        choice = row.choice("collected")
        if choice is None and not is_blank(row, "collected"):
            continue
        name = register.name(person)
        own = known.get((home, name, person.lost))
        if own is None:  # of a row copied down a thousand times it is asked once
            entries = context.once(_own).get((home, name), ())
            own = known[home, name, person.lost] = {_valid(e, person.lost) for e in entries}
        yield _Removed(row, person.lost, home, choice, own)

"""KK18, KK19: certificates in circulation against what the sheets say now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context
from shikaku.identity.holders import Losses, near_losses
from shikaku.identity.matching import PersonKey, differing, person_key
from shikaku.model.ledger import CERTIFICATE, PRINTED, LedgerEntry
from shikaku.model.people import Person, record_part


def holders(context: Context) -> Losses:
    """Whose the rows of 返納管理 are; the ledger's update asks for the same. Worked out when the first row asks,
    since without certificates nobody needs it."""
    return context.once(_losses)


def _losses(context: Context) -> Losses:
    return near_losses(context.book, context.settings, context.as_of, context.closed)


@check(
    "KK18",
    "warning",
    columns=("symbol", "number", "name", "birth", "sex", "handling"),
    follows=("DT03", "DT06"),
    title="資格確認書の券面と今の記載が違う",
    message="交付した資格確認書(シート「返納管理」{line}行目)の券面と、この行の{column}が違います。",
    hint="この行が正しければ、返納管理のその行の「処理」で再交付(まだ渡していなければ発行取消)を選びます。"
    "この行の間違いなら直してください。",
    source="R33(券面の記載事項)、健保則48条・49条",
)
def printed_otherwise(context: Context) -> Hits:
    """A certificate that is out, good and not ordered anew says another name, birth, sex or
    記号・番号 than 加入者台帳, or than a 変更 that isn't taken in yet."""
    for entry in _in_use(context):
        seen: set[str] = set()
        for person in _rows_to_compare(context, entry):
            for column in differing(entry, person):
                if column not in seen and context.has(person.sheet, column):
                    seen.add(column)
                    yield Hit(person.sheet, person.row, column, {"line": entry.row})


def _in_use(context: Context) -> Iterator[LedgerEntry]:
    """The last certificate of each holder, if it is out and good and its holder a member."""
    last: dict[PersonKey, LedgerEntry] = {}
    found = []
    for entry in context.ledger:
        if entry.document != CERTIFICATE or entry.void:
            continue
        rows = holders(context).rows_of(entry)
        owner = person_key(rows[0] if rows else entry)
        if owner not in last or entry.follows(last[owner]):
            last[owner] = entry
        found.append((owner, entry))
    for owner, entry in found:
        over = _over(entry.expiry, context) or (entry.lost and entry.lost <= context.as_of)
        replaced = last[owner].follows(entry)
        ordered = entry.to_replace or "handling" in entry.unclear
        if entry.out and not (over or replaced or ordered):
            yield entry


def _over(expiry: dt.date | None, context: Context) -> bool:
    return expiry is not None and expiry < context.as_of


def _rows_to_compare(context: Context, entry: LedgerEntry) -> list[Person]:
    """The rows by which the card is measured: of 加入者台帳, without one the filing by which the
    person joins; then the 変更 that 加入者台帳 doesn't have yet."""
    by_sheet: dict[str, list[Person]] = defaultdict(list)
    for person in holders(context).rows_of(entry):
        if not context.register.ended(person, context.as_of):
            by_sheet[person.sheet].append(person)
    joined = [p for p in by_sheet["dependants"] if p.event == "added"]
    own = by_sheet["members"] or by_sheet["acquisition"] or joined
    changes = [
        p for p in by_sheet["dependants"] if p.event == "changed" and not _taken_in(context, p)
    ]
    return [*own[:1], *changes]


def _taken_in(context: Context, person: Person) -> bool:
    return (person.sheet, person.row) in context.once(_enrolled)


def _enrolled(context: Context) -> set[tuple[str, int]]:
    rows = context.rows("dependants")
    return {(row.sheet, row.number) for row in rows if row.text("enrolled")}


@check(
    "KK19",
    "warning",
    columns=("control_no", "letter"),
    title="発行履歴の資格確認書が返納管理にない",
    message="この資格確認書の行が、シート「返納管理」にありません。",
    hint="返納管理の更新(returns --write)で行が戻ります。交付していないときは、行を消さずに「処理」で"
    "「発行取消」を選んでください。",
    source="R46(返納の管理)",
)
def row_removed(context: Context) -> Hits:
    """A certificate of 発行履歴 whose 管理番号 no row of 返納管理 has: somebody has deleted the row."""
    known = {entry.control_no for entry in context.ledger}
    for row in context.book.rows("history"):
        control_no = record_part(row, "control_no")
        if row.word("letter") in PRINTED and control_no and control_no not in known:
            known.add(control_no)  # one printed again is reported once
            yield Hit("history", row.number, "control_no")

"""RF: the same person twice — on a sheet, on two sheets with other data, under another's record."""

import datetime as dt
from itertools import chain

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import PEOPLE, Context
from shikaku.checks.names import misnamed
from shikaku.checks.shared_numbers import same_number
from shikaku.fields import era_date
from shikaku.identity.matching import Household, branch, different_numbers, fold_number, given_name
from shikaku.identity.register import Register, place
from shikaku.model.people import Person
from shikaku.model.tables import Row

_MAIN = (
    *("name", "kana", "birth", "sex", "individual_number", "address"),
    *("event", "acquired", "event_date", "left", "lost", "cause", "filed"),
)
"""What makes two rows one and the same, besides the place where they stand."""


@check(
    "RF02",
    "warning",
    columns=("name", "kana", "birth", "symbol", "number", "event", "acquired", "lost"),
    title="同じシートに同じ人が2度ある",
    message="{line}行目と同じ人(氏名か氏名カナと生年月日が同じ)です。",
    hint="二重の入力なら、どちらかの行を削除してください。",
    source="R43、健保則24条1項・29条1項・38条1項",
    copied="{line}行目と同じ内容の行です。行のコピーが残っていると思われます。",
    namesake="{line}行目の人と、氏名か氏名カナと生年月日が同じですが、個人番号が違います。",
    hint_namesake="同姓同名の別の人なら、このままでかまいません。"
    "同じ人の二重の入力なら、どちらかの行を削除してください。",
    no_birth="{line}行目と同じ人と思われます(氏名と、記号・番号か個人番号が同じ)。",
)
def twice(context: Context) -> Hits:
    """The second and every further row of a person on a sheet. 該当 and 非該当 in turn, and 変更, are
    no doubles; a rejoining is RF14."""
    rows = context.once(_rows)
    for before, after in context.once(_pairs):
        if not _rejoined(context, before, after):
            first, second = sorted((before, after), key=lambda p: p.row)
            variant = "copied" if _copied(rows, first, second) else ""
            if not variant and None in (first.birth, second.birth):
                variant = "no_birth"
            if different_numbers(first, second):
                variant = "namesake"
            yield Hit(second.sheet, second.row, "name", {"line": first.row}, variant=variant)


@check(
    "RF14",
    "info",
    columns=("name", "kana", "birth", "symbol", "number", "acquired", "lost"),
    title="再加入と思われる行",
    message="{line}行目の人の再加入と思われます(前の資格の喪失の後の取得)。",
    hint="記号・番号と日付に間違いがなければ、このままでかまいません。",
    source="健保法35条・36条",
    lost="{line}行目の人の、再加入の後の喪失と思われます。",
)
def rejoining(context: Context) -> Hits:
    """A person's second row on a sheet that an end, or a beginning, elsewhere explains."""
    for before, after in context.once(_pairs):
        if _rejoined(context, before, after):
            first, second = sorted((before, after), key=lambda p: p.row)
            variant = "lost" if second.sheet == "loss" else ""
            yield Hit(second.sheet, second.row, "name", {"line": first.row}, variant=variant)


def _rows(context: Context) -> dict[tuple[str, int], Row]:
    return {(row.sheet, row.number): row for row in context.rows(*PEOPLE)}


def _pairs(context: Context) -> list[tuple[Person, Person]]:
    """Neighbours, in the order of their days, among the rows of one person on one sheet."""
    rows = context.once(_rows)
    return [
        pair
        for sheet in PEOPLE
        for group in context.register.groups(sheet)
        for pair in _neighbours(group, rows)
    ]


def _neighbours(
    group: list[Person], rows: dict[tuple[str, int], Row]
) -> list[tuple[Person, Person]]:
    if group[0].sheet == "dependants":
        return _same_events(group, rows)
    # In the order of their days, so that each row is held against the one before it.
    losses = group[0].sheet == "loss"
    ordered = sorted(
        group, key=lambda p: ((p.lost if losses else p.acquired) or dt.date.min, p.row)
    )
    return list(zip(ordered, ordered[1:], strict=False))


def _same_events(
    group: list[Person], rows: dict[tuple[str, int], Row]
) -> list[tuple[Person, Person]]:
    """Pairs of rows of 被扶養者異動届 that repeat an event: 該当 after 該当, 非該当 after 非該当 (in the
    order of the days), or 変更 twice on one day."""
    days = {p.row: rows[p.sheet, p.row].date("event_date") or dt.date.min for p in group}
    moves = sorted(
        (p for p in group if p.event in ("added", "removed")), key=lambda p: (days[p.row], p.row)
    )
    changes = sorted((p for p in group if p.event == "changed"), key=lambda p: (days[p.row], p.row))
    pairs = [(a, b) for a, b in zip(moves, moves[1:], strict=False) if a.event == b.event]
    pairs += [
        (a, b) for a, b in zip(changes, changes[1:], strict=False) if days[a.row] == days[b.row]
    ]
    return pairs


def _rejoined(context: Context, before: Person, after: Person) -> bool:
    """Whether there is an end between two beginnings, or a beginning between two ends."""
    register = context.register
    if before.sheet == "loss":
        if not (before.lost and after.lost):
            return False
        starts = [p.acquired for p in register.same(before, "members", "acquisition") if p.acquired]
        return any(before.lost <= start < after.lost for start in starts)
    if not (before.acquired and after.acquired):
        return False
    ends = [p.lost for p in register.same(before, "members", "loss") if p.lost]
    return any(before.acquired < end <= after.acquired for end in ends)


def _copied(rows: dict[tuple[str, int], Row], first: Person, second: Person) -> bool:
    one, two = rows[first.sheet, first.row], rows[second.sheet, second.row]
    columns = [key for key in _MAIN if key in one.cells or key in two.cells]
    return all(one.text(key) == two.text(key) for key in columns)


_COMPARED = ("name", "kana", "birth", "sex")


@check(
    "RF04",
    "warning",
    columns=("symbol", "number", "branch", "name", "kana", "birth", "sex", "lost"),
    follows=("ST09", "DT04", "DT06"),
    title="同じ人の内容がほかのシートと違う",
    message="「{column}」が、シート「{other}」{line}行目の同じ人と違います。",
    hint="どちらが正しいかを住民票などで確かめて、間違っているほうを直してください。",
    source="R43(氏名・生年月日・性別を正確に記入)",
    other_person="この記号・番号には、シート「{other}」{line}行目に別の人が入っています"
    "(氏名も生年月日も違います)。",
    hint_other_person="記号・番号の入力間違いと思われます。記号・番号を確かめてください。",
    same_record="「{column}」が、{line}行目の同じ人(記号・番号・枝番と氏名が同じ)と違います。",
    hint_same_record="どちらが正しいかを住民票などで確かめて、間違っているほうを直してください。"
    "二重の入力なら間違っている行を削除し、同姓同名の別の人なら番号か枝番を確かめてください。",
)
def different_data(context: Context) -> Hits:
    """A filing's row against the register's row under the same 記号・番号, rows with the same
    個人番号 and name, and rows of a sheet with the same 記号・番号・枝番 and name. 変更 is there to change these very things and is left alone; a 氏名 that is none (NM04)
    is not held against another."""
    reported: set[tuple[str, int, str]] = set()
    found = (_against_register, _same_number_other_birth, _same_record_other_birth)
    for hit in chain.from_iterable(hits(context) for hits in found):
        if hit.column == "name" and (hit.sheet, hit.row) in context.once(misnamed):
            continue
        if (hit.sheet, hit.row, hit.column) not in reported:
            reported.add((hit.sheet, hit.row, hit.column))
            yield hit


def counterparts(context: Context) -> list[tuple[Person, Person]]:
    """(filing's row, register's row) of one person, 変更 and new 該当 under a taken 枝番 left out."""
    register = context.register
    found = []
    for person in context.people.values():
        if person.sheet == "members" or person.event == "changed":
            continue
        member = register.member(person)
        if member is None or (
            person.event == "added" and register.name(member) != register.name(person)
        ):
            continue
        found.append((person, member))
    return found


def differences(register: Register, one: Person, other: Person) -> list[str]:
    """The keys of the columns that are filled on both sides and differ."""
    places = (one.sheet, one.row), (other.sheet, other.row)
    sides: dict[str, list[object]] = {
        "name": [register.names[p] for p in places],
        "kana": [register.kana[p] for p in places],
        "birth": [one.birth, other.birth],
        "sex": [one.sex, other.sex],
    }
    found = [key for key in _COMPARED if all(sides[key]) and sides[key][0] != sides[key][1]]
    # The 枝番 of another enrolment may be another one.
    one_enrolment = one.event == "removed" or one.acquired == other.acquired
    branches = fold_number(one.branch), fold_number(other.branch)
    if not found and one.is_dependant and one_enrolment and all(branches):
        found += ["branch"] if branches[0] != branches[1] else []
    return found


def misfiled(context: Context) -> set[tuple[str, int]]:
    """(sheet, row) of the filings under a 記号・番号 that is somebody else's by name and birth: nothing
    that they say holds for that household."""
    register = context.register
    return {
        (person.sheet, person.row)
        for person, member in context.once(counterparts)
        if {"name", "birth"} <= set(differences(register, person, member))
    }


def _against_register(context: Context) -> Hits:
    register = context.register
    for person, member in context.once(counterparts):
        wrong = differences(register, person, member)
        if (person.sheet, person.row) in context.once(misfiled):
            yield Hit(person.sheet, person.row, "number", place(member), variant="other_person")
            continue
        for key in wrong:
            yield Hit(person.sheet, person.row, key, place(member))
        again = member.acquired and person.lost and member.acquired >= person.lost
        if person.lost and member.lost and person.lost != member.lost and not again:
            column = "event_date" if person.sheet == "dependants" else "lost"
            yield Hit(person.sheet, person.row, column, place(member))


def _same_number_other_birth(context: Context) -> Hits:
    for clusters in context.once(same_number):
        for cluster in clusters:
            born = [person for person in cluster if person.birth and person.event != "changed"]
            for person in born[1:]:
                if person.birth != born[0].birth:
                    yield Hit(person.sheet, person.row, "birth", place(born[0]))


def _same_record_other_birth(context: Context) -> Hits:
    """Of rows that the register has, each is held against that one; two of the register's, or of a
    filing sheet, against each other."""
    groups = context.once(_of_one_record)
    held = (
        {(person.sheet, person.row) for person, _ in context.once(counterparts)}
        if groups
        else set()
    )
    for rows in groups:
        born: dict[tuple[str, str], Person] = {}
        for person in rows:
            name = context.register.name(person)
            if not name or not person.birth:
                continue
            first = born.setdefault((person.sheet, name), person)
            alike = first.birth == person.birth or different_numbers(first, person)
            if not alike and (person.sheet, person.row) not in held:
                yield Hit(person.sheet, person.row, "birth", place(first), variant="same_record")


@check(
    "RF07",
    "warning",
    columns=("name", "birth", "symbol", "number", "event", "event_date"),
    title="ほかで加入中の人の該当",
    message="シート「{other}」{line}行目で、ほかの被保険者の被扶養者になっています。",
    hint="前の被扶養者の「非該当」の届出を先に(または同時に)出してください。",
    source="健保法3条7項、夫婦共同扶養の取扱い",
    insured="シート「{other}」{line}行目で、本人が被保険者として加入しています。",
    hint_insured="被保険者は被扶養者になれません。資格喪失の届出か、区分を確かめてください。",
)
def enrolled_elsewhere(context: Context) -> Hits:
    """該当 of somebody who is, on that day, another's dependant or insured himself. Two 該当 on the
    sheet are RF02."""
    register = context.register
    for person in context.people.values():
        if person.event != "added" or person.acquired is None:
            continue
        for other in register.same(person, "members", "acquisition"):
            if other.is_dependant and register.home(other) == register.home(person):
                continue
            if not _active(register, other, person.acquired):
                continue
            variant = "" if other.is_dependant else "insured"
            yield Hit("dependants", person.row, "name", place(other), variant=variant)
            break


@check(
    "RF15",
    "warning",
    columns=("name", "birth", "symbol", "number", "event", "acquired", "event_date", "lost"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="加入中の人の取得・該当",
    message="加入者台帳 {line}行目で、{since}から加入中の人です。前の資格の喪失がありません。",
    hint="転籍・再雇用・任意継続なら、前の資格の資格喪失届も出してください。"
    "二重の入力なら、この行を削除してください。",
    source="健保法35条・36条、R43",
    dependant="加入者台帳 {line}行目で、{since}から被扶養者として加入している人です。",
    hint_dependant="被扶養者の「非該当」の届出を先に(または同時に)出してください。",
    again="加入者台帳 {line}行目で、{since}からこの被保険者の被扶養者になっている人です。",
    hint_again="氏名や続柄の訂正なら「変更」を選び、二重の入力なら、この行を削除してください。",
)
def enrolled_already(context: Context) -> Hits:
    """資格取得届, or 該当 under the same insured, of somebody whom the register has had since before
    that day and whose end no sheet knows (two that overlap are LS10). The same day is the same
    enrolment, entered in the register already."""
    register = context.register
    for person in context.people.values():
        added = person.event == "added"
        if person.acquired is None or not (added or person.sheet == "acquisition"):
            continue
        for other in register.same(person, "members"):
            if added and not (other.is_dependant and register.home(other) == register.home(person)):
                continue  # RF07
            since = _without_end(register, other)
            if since is None or since >= person.acquired:
                continue
            variant = "again" if added else "dependant" if other.is_dependant else ""
            column = "event_date" if added else "acquired"
            values = {"line": other.row, "since": era_date.both(since)}
            yield Hit(person.sheet, person.row, column, values, variant=variant)
            break


def _without_end(register: Register, member: Person) -> dt.date | None:
    """資格取得年月日 of a member whose end no sheet knows."""
    start = member.acquired
    if start is None:
        return None
    ends = [member, *register.same(member, "loss", "dependants")]
    return None if any(p.lost and p.lost > start for p in ends) else start


def _active(register: Register, person: Person, day: dt.date) -> bool:
    """A member from before that day and still on it, by the row and by the filings."""
    if person.acquired is None or person.acquired > day:
        return False
    ends = [p.lost for p in register.same(person, "loss", "dependants") if p.lost]
    ends += [person.lost] if person.lost else []
    return not any(person.acquired < end <= day for end in ends)


@check(
    "RF09",
    "error",
    columns=("symbol", "number", "branch", "name", "birth"),
    title="同じ記号・番号・枝番に別の人",
    message="シート「{other}」{line}行目の別の人と、記号・番号・枝番が同じです。",
    hint="記号・番号・枝番を確かめてください。枝番は1人に1つで、使い回しません。",
    source="R33(記号・番号・枝番)",
    to_employer={"": "別の人と、記号・番号・枝番が同じです。"},
)
def shared_record(context: Context) -> Hits:
    """Two people under one 記号・番号・枝番: on 資格取得届, on 資格喪失届, or among 加入者台帳 and 被扶養者異動届 (a
    非該当 that fits nobody is RF04). A blank 枝番 is the insured's own for the insured, and says
    nothing for a dependant."""
    for rows in context.once(_of_one_record):
        other = rows[0]
        for person in rows[1:]:
            if person.event == "removed" or _one_person(context.register, person, other):
                continue
            column = "branch" if person.branch else "number"
            yield Hit(person.sheet, person.row, column, place(other))


def _of_one_record(context: Context) -> list[list[Person]]:
    """The rows under one 記号・番号・枝番 where there are two or more: of 資格取得届, of 資格喪失届, or of
    加入者台帳 and 被扶養者異動届 together. 変更 is left out."""
    found: list[list[Person]] = []
    for sheets in (("members", "dependants"), ("acquisition",), ("loss",)):
        taken: dict[tuple[str, str, str], Person] = {}
        groups: dict[tuple[str, str, str], list[Person]] = {}
        for person, home in context.register.homed():
            if person.sheet not in sheets or home is None or person.event == "changed":
                continue
            own = _own_branch(person)
            if not own:
                continue
            key = (*home, own)
            other = taken.setdefault(key, person)
            if other is not person:
                groups.setdefault(key, [other]).append(person)
        found += groups.values()
    return found


def _own_branch(person: Person) -> str:
    """枝番 for comparing; "" where a row doesn't say it."""
    return branch(person.branch, insured=not person.is_dependant)


def _one_person(register: Register, one: Person, other: Person) -> bool:
    """The same name, or the same given name and birth: the family name has changed. Of one name those
    who differ in birth and 個人番号 are two; in the birth alone it is a slip (RF04)."""
    if register.name(one) == register.name(other):
        born = None in (one.birth, other.birth) or one.birth == other.birth
        return born or not different_numbers(one, other)
    given = given_name(one.name)
    return bool(given) and given == given_name(other.name) and one.birth == other.birth


@check(
    "RF10",
    "warning",
    columns=("symbol", "number"),
    title="番号の書き方が台帳と違う",
    message="「{column}」が、シート「{other}」{line}行目と違う書き方です(先頭の0、全角・半角など)。",
    hint="台帳と同じ書き方にそろえてください。先頭の0が消えているときは、"
    "セルの表示形式を「文字列」にして入力し直します。",
    source="R33(記号・番号・枝番)",
)
def spelling(context: Context) -> Hits:
    """The same 記号・番号, typed in another way than in the register (0012 and 12)."""
    register = context.register
    spelled: dict[Household, Person] = {}
    for person, home in register.homed():
        if person.sheet == "members" and home and person.symbol:
            spelled.setdefault(home, person)
    for person, home in register.homed():
        first = spelled.get(home) if home else None
        if first is None or first is person:
            continue
        for key in ("symbol", "number"):
            mine, theirs = getattr(person, key), getattr(first, key)
            if mine and mine != theirs:
                yield Hit(person.sheet, person.row, key, place(first))

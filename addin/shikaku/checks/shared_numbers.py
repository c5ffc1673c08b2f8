"""MN08, MN11, MN15: individual numbers held against each other — one under two people, a series,
another one in the register.

Numbers are compared by the keyed hash of ``individual_number``; no message carries a digit.
"""

from collections import Counter, defaultdict

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context
from shikaku.checks.numbers import KEY, Numbers
from shikaku.fields import individual_number
from shikaku.identity.register import place
from shikaku.identity.shared_numbers import parted
from shikaku.model.people import Person
from shikaku.model.schema import FILINGS
from shikaku.model.tables import Row


def same_number(context: Context) -> list[list[list[Person]]]:
    """For every number that stands in two rows or more: its rows, parted by person."""
    rows: dict[str, list[Person]] = defaultdict(list)
    prints = context.once(Numbers).prints
    several = Counter(prints.values())
    if len(several) < len(prints):
        for at, mark in prints.items():
            if several[mark] > 1:
                rows[mark].append(context.people[at])
    return [parted(people) for people in rows.values()]


@check(
    "MN08",
    "error",
    columns=(KEY, "name", "kana", "birth"),
    follows=("MN05",),
    title="別の人と同じ個人番号",
    message="シート「{other}」{line}行目の別の人と同じ個人番号です。",
    hint="どちらの人の番号かを番号確認書類で確かめて、違うほうを入力し直してください。",
    source="番号法7条1項、R43",
    family="同じ記号・番号の家族(シート「{other}」{line}行目)と同じ個人番号です。"
    "行のコピーか、被保険者の番号の入れ違いと思われます。",
    to_employer={
        "": "別の人と同じ個人番号です。",
        "family": "同じ記号・番号の家族と同じ個人番号です。"
        "行のコピーか、被保険者の番号の入れ違いと思われます。",
    },
)
def shared_number(context: Context) -> Hits:
    """One number under two people, on any sheets: every row of theirs is reported."""
    register = context.register
    for clusters in context.once(same_number):
        for i, cluster in enumerate(clusters):
            if len(clusters) == 1:
                continue
            other = clusters[0 if i else 1][0]
            for person in cluster:
                home = register.home(person)
                variant = "family" if home and home == register.home(other) else ""
                yield Hit(person.sheet, person.row, KEY, place(other), variant=variant)


_NEXT = {
    mark: "1234567890１２３４５６７８９０"[i % 10 :: 10]
    for i, mark in enumerate("0123456789０１２３４５６７８９")
}
"""Last digit → the last digits that a number one above may have, in either width."""


@check(
    "MN11",
    "warning",
    columns=(KEY,),
    title="個人番号が1ずつ増えている",
    message="個人番号が上の行({above}行目)より1だけ大きくなっています。"
    "セルの右下をドラッグして連番が入ったと思われます。",
    hint="本人の番号確認書類で確かめて、入力し直してください。",
    source="Excelのオートフィル、R43",
)
def series(context: Context) -> Hits:
    """A number one above that of the row before: what the fill handle makes."""
    before: Row | None = None
    last = ""
    for row, _ in context.once(Numbers).found:
        digit = row.text(KEY)[-1:]  # of any width: a look at it spares most of the comparisons
        if (
            before is not None
            and before.sheet == row.sheet
            and digit in _NEXT.get(last, digit)
            and individual_number.rises_by_one(before.cell(KEY).value, row.cell(KEY).value)
        ):
            yield Hit(row.sheet, row.number, KEY, {"above": before.number})
        before, last = row, digit


@check(
    "MN15",
    "warning",
    columns=(KEY, "name", "birth"),
    follows=(
        "MN05",
        "MN08",
        "ST09",
    ),
    title="同じ人の個人番号が台帳と違う",
    message="加入者台帳 {line}行目の同じ人と個人番号が違います。",
    hint="番号確認書類で確かめてください。番号が変わったのなら、個人番号の変更として届け出ます。",
    source="健保則35条の2、R43",
)
def changed_number(context: Context) -> Hits:
    """The same name and birth as in the register, another number. Where the register has a row with
    this number, the others are namesakes' of the same birthday."""
    prints, register = context.once(Numbers).prints, context.register
    for person in context.people.values():
        mark = prints.get((person.sheet, person.row))
        if mark is None or person.sheet not in FILINGS:
            continue
        members = register.same(person, "members")
        numbered = [m for m in members if (m.sheet, m.row) in prints]
        if numbered and all(prints[m.sheet, m.row] != mark for m in numbered):
            yield Hit(person.sheet, person.row, KEY, place(numbered[0]))

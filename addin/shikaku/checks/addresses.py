"""AD: the address of the 住民票, which 健保組合 need beside the number (C18, R43)."""

import re

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.fields import address, postal_code, prefecture
from shikaku.fields.text import DITTO
from shikaku.identity.register import place
from shikaku.model.tables import ERROR, NUMBER, Cell, Row

_SHEETS = ("members", "acquisition", "dependants")


def _abroad(row: Row) -> bool:
    return row.choice("no_number_reason") == "abroad"


@check(
    "AD01",
    "error",
    columns=("postal_code",),
    title="郵便番号が7桁でない",
    message="郵便番号が7桁の数字ではありません。",
    hint="7桁の郵便番号を入力してください(ハイフンはあってもなくてもかまいません)。",
    source="内国郵便約款(7桁の郵便番号)、R43",
    lost="郵便番号が数値で入っていて7桁に足りません。先頭の0が消えたと思われます。",
    none="000で始まる郵便番号はありません。",
    hint_none="郵便番号を確かめて、7桁の番号を入力してください。",
    hint_lost="セルの表示形式を「文字列」にしてから、7桁の郵便番号を入力し直してください。",
)
def wrong_postal_code(context: Context) -> Hits:
    """Not seven digits, or 000-…; a number under a format of zeros counts as it is shown."""
    for sheet in _SHEETS:
        if not postal_code.odd_ones(set(context.texts(sheet, "postal_code"))):  # at a glance
            continue
        for row, _ in context.each(sheet, "postal_code", is_no_postal_code):
            if _abroad(row):
                continue
            cell = row.cells["postal_code"]
            digits = postal_code.compact(cell.text)
            lost = cell.kind == NUMBER and cell.text.isdigit() and len(cell.text) < 7
            none = len(digits) == 7 and digits.isdigit() and digits.startswith("000")
            variant = "lost" if lost else "none" if none else ""
            yield Hit(sheet, row.number, "postal_code", variant=variant)


def is_no_postal_code(cell: Cell) -> bool:
    """Whether there is something in a cell, and it is no 郵便番号."""
    return not (cell.kind == ERROR or cell.blank or postal_code.is_valid(cell.text))


@check(
    "AD02",
    "warning",
    columns=("address", "no_number_reason"),
    title="住所が都道府県から始まっていない",
    message="住所が都道府県から始まっていません。",
    hint="住民票のとおり、都道府県から入力してください。",
    source="R43(住所を正確に記入)、C18",
)
def no_prefecture(context: Context) -> Hits:
    """No prefecture at the beginning; an address abroad (海外在住) has none."""
    for sheet in _SHEETS:
        for row, _ in context.each(sheet, "address", _lacks_prefecture):
            if not _abroad(row):
                yield Hit(sheet, row.number, "address")


def _lacks_prefecture(cell: Cell) -> bool:
    text = cell.text
    return not prefecture.starts_with_prefecture(text) and text != "" and text not in DITTO


@check(
    "AD03",
    "error",
    columns=("event", "living", "postal_code", "address"),
    title="別居の被扶養者の住所がない",
    message="別居の被扶養者ですが、「{column}」が空欄です。",
    hint="被扶養者の住民票の住所を、郵便番号とあわせて入力してください。",
    source="健保則38条1項、C18(個人番号があっても住所は省略できない)",
)
def apart_without_address(context: Context) -> Hits:
    """該当 or 変更, 別居, no address (or no 郵便番号, unless abroad)."""
    for row in context.rows("dependants"):
        if row.choice("living") != "apart" or row.choice("event") not in ("added", "changed"):
            continue
        for key in ("postal_code", "address"):
            if key == "postal_code" and _abroad(row):
                continue
            if context.has("dependants", key) and is_blank(row, key):
                yield Hit("dependants", row.number, key)


@check(
    "AD04",
    "warning",
    columns=("event", "living", "address"),
    title="同居か別居かが分からない",
    message="同居別居が空欄で、住所もありません。",
    hint="同居なら「同居」を選びます。別居なら「別居」を選び、被扶養者の住所を入力してください。",
    source="健保則38条1項、C18",
)
def living_unknown(context: Context) -> Hits:
    """該当 without 同居別居 and without an address: the insurer can't register an address."""
    for row in context.rows("dependants"):
        if (
            row.choice("event") == "added"
            and context.has("dependants", "living")
            and is_blank(row, "living")
            and is_blank(row, "address")
        ):
            yield Hit("dependants", row.number, "living")


# A numeral alone proves nothing: 千代田区, 三鷹市, 四谷.
_HOUSE_NUMBER = re.compile(
    r"[0-9０-９]|[〇一二三四五六七八九十百]+(?:丁目|番|号|条|地割|の)|無番地|番外地|番地なし"
)


@check(
    "AD05",
    "info",
    columns=("address",),
    title="住所に番地がない",
    message="住所に番地らしい数字がありません。",
    hint="住民票の住所に番地があれば、最後まで入力してください。",
    source="R43(住所を正確に記入)",
)
def no_house_number(context: Context) -> Hits:
    """No digit after the prefecture; a few addresses really have none."""
    for sheet in _SHEETS:
        for row, _ in context.each(sheet, "address", _lacks_house_number):
            if not _abroad(row):
                yield Hit(sheet, row.number, "address")


def _lacks_house_number(cell: Cell) -> bool:
    text, name = cell.text, prefecture.of(cell.text)
    return name is not None and not _HOUSE_NUMBER.search(text, text.index(name) + len(name))


@check(
    "AD06",
    "warning",
    columns=("postal_code", "address"),
    title="郵便番号が住所の都道府県のものでない",
    message="郵便番号が、住所の都道府県({prefecture})で使われている番号ではありません。",
    hint="郵便番号か住所のどちらかが違います。住民票と照らし合わせてください。",
    source="R43(住所を正確に記入)、日本郵便の郵便番号データ",
)
def other_prefecture(context: Context) -> Hits:
    """The first three digits lie in another prefecture than the address, or nowhere."""
    for sheet in _SHEETS:
        codes, addresses = context.texts(sheet, "postal_code"), context.texts(sheet, "address")
        owns = postal_code.all_prefectures(set(codes))
        names = {text: prefecture.of(text) for text in set(addresses)}
        for row, code, text in zip(context.rows(sheet), codes, addresses, strict=True):
            own, name = owns[code], names[text]
            if own is None or name is None or name in own or _abroad(row):
                continue
            yield Hit(sheet, row.number, "postal_code", {"prefecture": name})


_ROWS = 20
"""So many rows of one insured are looked at: more are copies."""


@check(
    "AD07",
    "warning",
    columns=("living", "address", "symbol", "number"),
    title="同居なのに被保険者と住所が違う",
    message="同居になっていますが、住所が被保険者(シート「{other}」{line}行目)の住所と違います。",
    hint="別居なら「別居」を選び、同居なら住所を被保険者とそろえてください。",
    source="健保法3条7項、健保則38条1項",
    follows=("AD02", "AD06"),
)
def together_elsewhere(context: Context) -> Hits:
    """同居 with an address that is none of the insured's, however they are spelt."""
    register = context.register
    for row in context.rows("dependants"):
        text = row.text("address")
        if row.choice("living") != "together" or not text or text in DITTO or _abroad(row):
            continue
        if row.choice("event") not in ("added", "changed"):
            continue
        family = register.family(context.people["dependants", row.number])
        insured = [p for p in family.insured[:_ROWS] if p.address] if family else []
        if insured and not any(address.same(text, person.address) for person in insured):
            yield Hit("dependants", row.number, "address", place(insured[0]))

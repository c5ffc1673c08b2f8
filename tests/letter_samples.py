"""Contexts that show each kind of letter at its usual, with long texts, and with long lists.

``python tests/letter_samples.py FOLDER`` draws the gallery of templates/README.md with the embedded
engine (poppler's ``pdftoppm`` makes the pictures).
"""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from shikaku.letters import design
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.fields import Field
from shikaku.letters.docx.template import Rendered, Template

_EMPTY = {"to_address2", "old_card_until", "deceased", "note", "remarks", "sent"}
_FAMILY = "マリア フェルナンダ ゴンザレス ロドリゲス デラクルス"
_LONG = {
    "insurer_name": "全国架空情報サービス産業関連厚生健康保険組合",
    "insurer_address": "東京都架空区みほん一丁目2番3号 けんぽ会館別館5階東側事務室",
    "to_address1": "大阪府架空市長い町名が続く中央一丁目二番三号",
    "to_address2": "グランドメゾン見本ハイツ弐番館 1203号室",
    "to_organisation": "アーバン・インターナショナル・ホールディングス株式会社 関西支店",
    "to_department": "人事総務本部 労務厚生部 第二労務厚生グループ",
    "to_name": "人事総務部 労務厚生グループ 髙﨑 寿限無 様",
    "person_name": _FAMILY,
    "kana": _FAMILY,
    "insured_name": _FAMILY,
    "name": _FAMILY,
    "insured": _FAMILY,
    "employer_name": "アーバン・インターナショナル・ホールディングス株式会社 関西支店",
    "reporter_name": "アーバン・インターナショナル・ホールディングス株式会社 関西支店",
    "department": "人事総務本部 労務厚生部 第二労務厚生グループ",
    "request": "個人番号の記入がありません。ご提出ください。「氏名カナ」の記入がありません。"
    "「住所」の記入がありません。",
    "burden": "3割（令和10年12月1日から）",
    "birth": "昭和63年12月31日",
    "acquired": "令和10年12月31日",
    "symbol": "12345678",
    "number": "87654321",
    "record_text": "記号 12345678　番号 87654321　枝番 01",
    "old_card_until": "令和7年12月1日",
}
_ODD = {
    "insurer_name": "みほん&<健康>保険組合",
    "to_address1": '東京都架空区1-2-3 "みほん"',
    "to_organisation": "A&B <株> みほん",
    "to_department": "㈱①課 〜係",
    "to_name": "𠮷田 葛\U000e0100子😀 様",
    "person_name": "𠮷田 葛\U000e0100子😀",
    "kana": "ﾖｼﾀﾞ ｶﾂｺ",
    "insured_name": "Łukasz Żółć-Çelik",
    "name": "Đặng Thị Hương",
    "insured": "髙﨑 濵栁",
    "department": "☑品質&<管理>",
    "request": "「氏名」の'記載'に誤りがあります。☐",
    "employer_name": "A&B <株> みほん",
    "reporter_name": "A&B <株> みほん",
    "remarks": "😀 <b>&amp;</b>",
    "addressee": "A&B <株>",
}
_PEOPLE = ("見本 太郎", "髙﨑 𠮷江", "架空 葛󠄀子", "試験 一", "仮名 さくら子")


def sample(kind: str) -> dict[str, Any]:
    """An everyday letter: the catalogue's examples, everything at full size."""
    return _context(kind, {}, rows=3)


def long(kind: str) -> dict[str, Any]:
    """Long names and addresses, with the flags that the contexts would set."""
    return _context(kind, _LONG, rows=3)


def odd(kind: str) -> dict[str, Any]:
    """Rare kanji and a variant, emoji, ticks, names from abroad, half-width kana, XML's signs."""
    context = _context(kind, _ODD, rows=2)
    long_ones = {name for name in context if name.endswith("_long")}
    return context | dict.fromkeys(long_ones, False)


def many(kind: str) -> dict[str, Any]:
    """Forty people in each list, with names that not every font has."""
    return _context(kind, {}, rows=40)


def rows(kind: str, count: int) -> dict[str, Any]:
    """An everyday letter with lists of that length."""
    return _context(kind, {}, count)


def _context(kind: str, values: dict[str, str], rows: int) -> dict[str, Any]:
    fields = KINDS[kind].fields
    context: dict[str, Any] = {}
    for field in fields:
        if field.items:
            # what is listed along comes only with long lists
            count = rows // 8 if field.name == "others" else rows
            context[field.name] = [_row(field, i, values) for i in range(count)]
        elif field.name.endswith("_long"):
            context[field.name] = field.name.removesuffix("_long") in values
        elif field.meaning.endswith("とき真"):
            context[field.name] = field.name in ("senior", "documents") or (
                field.name == "to_employer" and KINDS[kind].to == "employer"
            )
        else:
            context[field.name] = _value(field, values)
    return context


def _row(field: Field, number: int, values: dict[str, str]) -> dict[str, str]:
    row = {item.name: _value(item, values) for item in field.items}
    if "no" in row:
        row["no"] = str(number + 1)
    if not values:
        for name in ("name", "insured"):
            if name in row and row[name] != "ご本人":
                row[name] = _PEOPLE[number % len(_PEOPLE)]
    if "certificate" in row:  # the list of distribution: the second person is leaving
        row["note"], row["lost"] = ("返送", "4月30日喪失") if number == 1 else ("", "")
    return row


def _value(field: Field, values: dict[str, str]) -> str:
    return values.get(field.name, "" if field.name in _EMPTY else field.example)


def fill(kind: str, context: dict[str, Any]) -> Rendered:
    """The Word file of a context."""
    return _template(kind).fill(context)


@cache
def _template(kind: str) -> Template:
    return Template(design.build(kind), KINDS[kind])


def gallery(folder: Path) -> None:
    """The first pages of all kinds as small PNG files of grey and colour, KIND.png."""
    from PIL import Image
    from shikaku.letters.pdf.base import PrintJob
    from shikaku.letters.pdf.finish import Finish
    from shikaku.letters.pdf.rdocx.engine import Embedded

    engine = Embedded()
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        rendered = fill(kind, sample(kind))
        (printed,) = engine.convert([PrintJob(rendered.docx, kind, rendered.values)], Finish())
        pdf = folder / f"{kind}.pdf"
        pdf.write_bytes(printed.pdf)
        dpi = 130 if kind == "certificate" else 75
        subprocess.run(["pdftoppm", "-png", "-r", str(dpi), pdf, folder / kind], check=True)
        pdf.unlink()
        pages = sorted(folder.glob(f"{kind}-[0-9]*.png"))
        images = [Image.open(page).convert("RGB") for page in pages[:2]]
        width = sum(i.width for i in images) + 12 * (len(images) - 1)
        sheet = Image.new("RGB", (width, images[0].height), "#c8ced1")
        for number, image in enumerate(images):
            sheet.paste(image, (number * (images[0].width + 12), 0))
        sheet.quantize(24).save(folder / f"{kind}.png", optimize=True)
        for page in pages:
            page.unlink()


if __name__ == "__main__":
    gallery(Path(sys.argv[1]))

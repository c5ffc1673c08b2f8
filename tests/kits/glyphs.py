"""Where each glyph of a PDF stands, read by pikepdf's own parser: for comparing two ways of printing."""

import io
import random
import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pikepdf
from shikaku.letters.pdf.inspect import to_unicode

CLOSE = 0.03
"""Points, a hundredth of a millimetre: nobody sees a glyph that is off by so little."""


class Drawn(NamedTuple):
    """A glyph on a page. x, y from the lower left, in points."""

    page: int
    char: str
    face: str
    size: float
    x: float
    y: float
    page_height: float = 0.0


def drawn(pdf: bytes) -> list[Drawn]:
    """All glyphs of a file in the order of its pages, from top to bottom and left to right."""
    found: list[Drawn] = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            found += _page(number, page)
    return sorted(found, key=lambda g: (g.page, -round(g.y, 1), round(g.x, 1), g.char))


def apart(first: list[Drawn], second: list[Drawn]) -> str:
    """The first difference between two files in words; "" when every glyph stands where the other's
    does. Spaces draw nothing and aren't compared."""
    one = [g for g in first if not g.char.isspace()]
    two = [g for g in second if not g.char.isspace()]
    if len(one) != len(two):
        return f"{len(one)} and {len(two)} glyphs"
    for a, b in zip(one, two, strict=True):
        near = abs(a.x - b.x) < CLOSE and abs(a.y - b.y) < CLOSE and abs(a.size - b.size) < 0.001
        if (a.page, a.char, a.face) != (b.page, b.char, b.face) or not near:
            return f"{a} and {b}"
    return ""


def _page(number: int, page: pikepdf.Page) -> Iterator[Drawn]:
    fonts = {}
    height = float(page.mediabox[3])
    for name, font in page.Resources.get("/Font", pikepdf.Dictionary()).items():
        inner = font.DescendantFonts[0]
        widths: dict[int, float] = {}
        items = list(inner.get("/W", []))
        for first, several in zip(items[::2], items[1::2], strict=True):
            widths |= {int(first) + i: float(w) for i, w in enumerate(several)}
        # rdocx says in the name that it has slanted the face itself.
        face = str(font.BaseFont)[1:].removesuffix("-SyntheticItalic").partition("+")
        fonts[name] = to_unicode(font.ToUnicode.read_bytes()), widths, face[2] or face[0]
    now = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    stack: list[tuple] = []
    text = now
    font: Any = None
    size = 0.0
    for word, operands in _instructions(page):
        if word == b"q":
            stack.append(now)
        elif word == b"Q":
            now = stack.pop()
        elif word == b"cm":
            now = _times(tuple(map(float, operands)), now)
        elif word == b"BT":
            text = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        elif word == b"Tm":
            text = tuple(map(float, operands))
        elif word == b"Tf":
            font, size = fonts[operands[0].decode()], float(operands[1])
        else:
            across, up, x, y = text[0], text[1], text[4], text[5]
            chars, widths, face = font
            a, b, c, d, e, f = now
            for item in operands:
                if item[0] != ord("<"):
                    gap = -float(item) / 1000 * size
                    x, y = x + gap * across, y + gap * up
                    continue
                data = bytes.fromhex(item[1:-1].decode())
                # A glyph moves the next along the line: no product of whole matrices for each.
                for code in struct.unpack(f">{len(data) // 2}H", data):
                    left, low = x * a + y * c + e, x * b + y * d + f
                    yield Drawn(number, chars[code], face, size, left, low, height)
                    wide = widths.get(code, 0) / 1000 * size
                    x, y = x + wide * across, y + wide * up
            text = (*text[:4], x, y)


def _instructions(page: pikepdf.Page) -> Iterator[tuple[bytes, list[bytes]]]:
    """Operators and their operands as pikepdf writes them down again, a line each: a third of the time that
    its objects take. A string is in hex, the brackets of an array are left out."""
    found = pikepdf.parse_content_stream(page, "q Q cm BT Tm Tf Tj TJ")
    lines = pikepdf.unparse_content_stream(found).split(b"\n")
    for instruction, line in zip(found, lines, strict=True):
        if b"(" in line:
            line = (
                b" ".join(_hexed(instruction.operands)) + b" " + str(instruction.operator).encode()
            )
        *operands, word = line.replace(b"[", b" ").replace(b"]", b" ").split()
        yield word, operands


def _hexed(operands: Any) -> Iterator[bytes]:
    for one in operands:
        if isinstance(one, pikepdf.Array):
            yield from _hexed(one)
        elif isinstance(one, pikepdf.String):
            yield b"<%s>" % bytes(one).hex().encode()
        else:
            yield str(one).encode()


def _times(a: tuple, b: tuple) -> tuple:
    """The matrix that does a, then b."""
    return (
        a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5],
    )  # fmt: skip


_FAMILY = (
    "佐藤",
    "髙橋",
    "長谷川",
    "勅使河原",
    "林",
    "渡邉",
    "ｽｽﾞｷ",
    "マクドナルド",
    "Nguyen",
    "Smith",
)
_GIVEN = (
    "太郎",
    "花子",
    "一",
    "さくら",
    "ヴィクトリア",
    "健一郎",
    "Anh",
    "Mary Jane",
    "翔",
    "ジョージ",
)
_PLACES = (
    "東京都千代田区",
    "大阪府堺市美原区",
    "北海道虻田郡ニセコ町",
    "京都府京都市右京区",
    "沖縄県那覇市",
)
_STREETS = (
    "みほん一丁目2番3号",
    "字ノース1234番地の5",
    "中央3-14-15",
    "（仮）団地12号棟",
    "さくら台四丁目5番6号",
)
_HOUSES = (
    "",
    "コーポみほん201号室",
    "グランドハイツ・ベルヴェデーレ・サウスタワー1203",
    "Ａ棟 305",
    "3F",
)
_TEXTS = (
    "㈱みほん商事",
    "株式会社 架空重工業 第一工場",
    "（有）ミホン",
    "ABC Holdings Co., Ltd.",
    "総務部",
    "「みほん」組合",
)


def varied(values: Any, luck: random.Random, key: str = "", plain: bool = False) -> Any:
    """An example's values, each text with a fair chance of being another of its kind: names,
    addresses, days and numbers as people have them. Lists keep their length. plain: nothing but
    names, addresses, days and numbers differs, as between the letters of a run."""
    if isinstance(values, Mapping):
        return {k: varied(v, luck, k, plain) for k, v in values.items()}
    if isinstance(values, list):
        return [varied(v, luck, key, plain) for v in values]
    if not isinstance(values, str) or not values or luck.random() < 0.25:
        return values
    if "令和" in values or "平成" in values or "昭和" in values:
        return _day(values, luck)
    if values.isdigit() or values.replace("-", "").isdigit():
        return "".join(str(luck.randrange(10)) if c.isdigit() else c for c in values)
    if "name" in key and luck.random() < 0.8:
        gap = luck.choice(("\u3000", " "))
        return luck.choice(_FAMILY) + gap + luck.choice(_GIVEN)
    if "address" in key:
        return luck.choice(_PLACES) + luck.choice(_STREETS) + luck.choice(_HOUSES)
    if plain:
        return values
    if luck.random() < 0.5:
        return luck.choice(_TEXTS)
    return values[: luck.randint(1, len(values))] + luck.choice(("", luck.choice(_HOUSES)))


def _day(text: str, luck: random.Random) -> str:
    out, digits = "", False
    for char in text:
        if not char.isdigit():
            out, digits = out + char, False
        elif not digits:
            out, digits = out + str(luck.randint(1, 28)), True
    return out

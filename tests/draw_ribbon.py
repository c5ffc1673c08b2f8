"""A drawing of the ribbon tab, made from addin/ribbon.xml: labels, groups, order, menu.

    python tests/draw_ribbon.py [OUT.png]

It is no screen of Excel: the pictures are simple shapes in place of Office's icons.
"""

import math
import sys
from functools import cache
from pathlib import Path

from lxml import etree
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
SPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
SCALE = 2
INK, SOFT, LINE, GREEN, PAPER = "#333333", "#666666", "#d0d0d0", "#217346", "#f3f2f1"
BLUE, AMBER, RED = "#2b6cb0", "#c47f00", "#c0392b"
TABS = ("ファイル", "ホーム", "挿入", "ページ レイアウト", "数式", "データ")
LARGE, ROW, TOP, HEIGHT, SMALL, WIDTH = 62, 24, 34, 96, 132, 1330
CAPTION = "addin/ribbon.xml から描いた図(Excelの画面ではありません。アイコンは略図です)"


@cache
def font(size: float, bold: bool = False):
    """A Japanese font of the machine, else the one that shikaku brings."""
    return ImageFont.truetype(str(_font_file(bold)), int(size * SCALE))


@cache
def _font_file(bold: bool) -> Path:
    face = "Bold" if bold else "Regular"
    places = (
        (Path("/usr/share/fonts"), f"BIZUDPGothic-{face}.ttf"),
        (Path(sys.prefix), f"NotoSansCJKjp-{face}.otf"),
        (Path(sys.prefix), "Noto*CJK*JP*.[ot]t[fc]"),
    )
    return next(found for place, name in places for found in place.rglob(name))


class Canvas:
    """Pillow's pen in unscaled units."""

    def __init__(self, width: int, height: int):
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), "white")
        self.pen = ImageDraw.Draw(self.image)

    def box(self, x, y, w, h, **style):
        area = [v * SCALE for v in (x, y, x + w, y + h)]
        self.pen.rounded_rectangle(area, style.pop("radius", 0) * SCALE, width=SCALE, **style)

    def line(self, points, colour, width=1.5):
        self.pen.line([(x * SCALE, y * SCALE) for x, y in points], colour, int(width * SCALE))

    def area(self, points, colour):
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], colour)

    def ring(self, x, y, r, colour, start=0, end=360, width=1.5):
        box = [v * SCALE for v in (x - r, y - r, x + r, y + r)]
        self.pen.arc(box, start, end, colour, int(width * SCALE))

    def text(self, x, y, text, size=10, colour=INK, anchor="la", bold=False):
        self.pen.text((x * SCALE, y * SCALE), text, colour, font(size, bold), anchor)

    def width(self, text, size=10):
        return self.pen.textlength(text, font(size)) / SCALE


def icon(c: Canvas, name: str, x: float, y: float, s: float) -> None:
    """A simple shape for an Office picture, in the square (x, y, s)."""

    def p(*points):
        return [(x + a * s, y + b * s) for a, b in points]

    def sheet(colour=BLUE):
        c.line(
            p((0.2, 0.08), (0.62, 0.08), (0.82, 0.28), (0.82, 0.92), (0.2, 0.92), (0.2, 0.08)),
            colour,
        )

    def letters(text, colour, size=0.42):
        c.text(x + s / 2, y + s * 0.56, text, s * size, colour, "mm", True)

    if name == "FileNew":
        sheet()
        c.line(p((0.5, 0.4), (0.5, 0.76)), GREEN, 2)
        c.line(p((0.32, 0.58), (0.68, 0.58)), GREEN, 2)
    elif name == "ErrorChecking":
        c.area(p((0.5, 0.1), (0.92, 0.86), (0.08, 0.86)), "#ffd879")
        c.line(p((0.32, 0.58), (0.46, 0.74), (0.72, 0.4)), GREEN, 2.5)
    elif name == "ReplaceDialog":
        c.text(x + s * 0.26, y + s * 0.3, "Ａ", s * 0.4, SOFT, "mm")
        c.text(x + s * 0.72, y + s * 0.72, "A", s * 0.44, BLUE, "mm", True)
        c.line(p((0.3, 0.55), (0.3, 0.75), (0.5, 0.75)), INK)
    elif name == "Lock":
        c.ring(x + s * 0.5, y + s * 0.4, s * 0.2, SOFT, 180, 360, 2)
        c.area(p((0.22, 0.44), (0.78, 0.44), (0.78, 0.9), (0.22, 0.9)), AMBER)
    elif name == "FunctionsLogicalInsertGallery":
        c.area(p((0.5, 0.08), (0.78, 0.34), (0.5, 0.6), (0.22, 0.34)), BLUE)
        c.line(p((0.3, 0.42), (0.18, 0.62), (0.18, 0.9)), INK)
        c.line(p((0.7, 0.42), (0.82, 0.62), (0.82, 0.9)), INK)
    elif name == "FileSendAsAttachment":
        c.line(p((0.08, 0.24), (0.92, 0.24), (0.92, 0.8), (0.08, 0.8), (0.08, 0.24)), BLUE)
        c.line(p((0.08, 0.24), (0.5, 0.58), (0.92, 0.24)), BLUE)
    elif name == "FileSaveAsPdfOrXps":
        sheet(RED)
        letters("PDF", RED, 0.27)
    elif name == "RefreshAll":
        c.ring(x + s * 0.5, y + s * 0.5, s * 0.34, GREEN, 20, 170, 2)
        c.ring(x + s * 0.5, y + s * 0.5, s * 0.34, GREEN, 200, 350, 2)
        c.area(p((0.9, 0.34), (0.74, 0.62), (0.98, 0.62)), GREEN)
        c.area(p((0.1, 0.66), (0.02, 0.38), (0.26, 0.38)), GREEN)
    elif name == "ReviewNewComment":
        c.line(
            p(
                (0.1, 0.16),
                (0.9, 0.16),
                (0.9, 0.66),
                (0.46, 0.66),
                (0.28, 0.9),
                (0.28, 0.66),
                (0.1, 0.66),
                (0.1, 0.16),
            ),
            AMBER,
        )
    elif name in ("ReviewNextComment", "ReviewPreviousComment"):
        tip, end = (0.82, 0.18) if name == "ReviewNextComment" else (0.18, 0.82)
        c.line(p((end, 0.5), (tip, 0.5)), BLUE, 2)
        c.line(p(((tip + 0.5) / 2, 0.26), (tip, 0.5), ((tip + 0.5) / 2, 0.74)), BLUE, 2)
    elif name == "Undo":
        c.ring(x + s * 0.52, y + s * 0.56, s * 0.3, BLUE, 200, 420, 2)
        c.area(p((0.04, 0.44), (0.4, 0.44), (0.2, 0.7)), BLUE)
    elif name == "GetExternalDataFromText":
        sheet()
        c.line(p((0.5, 0.36), (0.5, 0.74)), GREEN, 2)
        c.line(p((0.34, 0.58), (0.5, 0.74), (0.66, 0.58)), GREEN, 2)
    elif name in ("ReviewShowAllComments", "ReviewShowOrHideComment"):
        c.line(p((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8), (0.1, 0.2)), BLUE)
        for line in (0.36, 0.5, 0.64)[: 3 if name == "ReviewShowAllComments" else 1]:
            c.line(p((0.24, line), (0.76, line)), SOFT)
    elif name == "ClearFormats":
        c.area(p((0.34, 0.2), (0.9, 0.2), (0.66, 0.8), (0.1, 0.8)), RED)
    elif name == "SignatureLineInsert":
        sheet()
        c.line(p((0.32, 0.74), (0.7, 0.74)), INK)
        c.line(p((0.36, 0.68), (0.92, 0.3)), RED, 2.5)
    elif name == "ControlProperties":
        for turn in range(8):
            a = turn * math.pi / 4
            c.line(
                p(
                    (0.5 + 0.24 * math.cos(a), 0.5 + 0.24 * math.sin(a)),
                    (0.5 + 0.42 * math.cos(a), 0.5 + 0.42 * math.sin(a)),
                ),
                SOFT,
                2.5,
            )
        c.ring(x + s * 0.5, y + s * 0.5, s * 0.26, SOFT, width=2)
    elif name == "FileOpen":
        c.area(
            p((0.06, 0.2), (0.4, 0.2), (0.48, 0.32), (0.94, 0.32), (0.94, 0.86), (0.06, 0.86)),
            "#ffd879",
        )
    else:
        c.ring(x + s * 0.5, y + s * 0.5, s * 0.42, BLUE, width=1.5)
        letters("?" if name == "Help" else "i", BLUE, 0.55)


def label_of(control) -> str:
    """What a control is called; one whose label has a count, with one for the picture."""
    return control.get("label") or f"{control.get('tag')} 3"


def wrapped(c: Canvas, label: str) -> list[str]:
    """A label in two lines where one is too wide for a large button."""
    if c.width(label) <= LARGE - 4:
        return [label]
    middle = label.find("の") + 1 or (len(label) + 1) // 2
    return [label[:middle], label[middle:]]


def right_click(c: Canvas, menu) -> None:
    """What a right click on a cell offers, below the tab at the left."""
    items = list(menu.iter(f"{SPACE}button"))
    width = max(c.width(label_of(item)) for item in items) + 40
    c.text(30, TOP + HEIGHT + 24, "セルか行番号を右クリック →「資格確認」", 9.5, SOFT, "lm")
    y = TOP + HEIGHT + 38
    c.box(30, y, width, ROW * len(items) + 8, fill="white", outline=LINE, radius=3)
    for n, item in enumerate(items):
        c.text(44, y + 4 + ROW * (n + 0.5), label_of(item), 10, INK, "lm")


def draw(xml: Path, out: Path) -> Path:
    """Draw the tab of a ribbon definition with its menu open."""
    root = etree.parse(str(xml)).getroot()
    (tab,) = root.iter(f"{SPACE}tab")
    menu_items = max((list(m) for m in root.iter(f"{SPACE}menu")), key=len, default=[])
    c = Canvas(WIDTH, TOP + HEIGHT + 40 + ROW * len(menu_items))
    c.box(0, 0, WIDTH, TOP, fill=PAPER)
    c.box(0, TOP, WIDTH, HEIGHT, fill="white", outline=LINE)
    x = 14
    for name in (*TABS, tab.get("label")):
        active = name == tab.get("label")
        c.text(x, 11, name, 10.5, GREEN if active else INK, bold=active)
        width = c.width(name, 10.5)
        if active:
            c.line([(x, TOP - 2), (x + width, TOP - 2)], GREEN, 3)
        x += width + 22
    x, menu_at = 10, 0
    opened = max(root.iter(f"{SPACE}menu"), key=len)
    for group in tab:
        start, small = x, 0
        for control in group:
            if control.get("size") == "large":
                icon(c, control.get("imageMso"), x + LARGE / 2 - 15, TOP + 6, 30)
                for n, part in enumerate(wrapped(c, label_of(control))):
                    c.text(x + LARGE / 2, TOP + 50 + 13 * n, part, 10, INK, "mm")
                if control.tag == f"{SPACE}menu":
                    menu_at = x if control is opened else menu_at
                    c.area(
                        [
                            (x + LARGE / 2 - 4, TOP + 60),
                            (x + LARGE / 2 + 4, TOP + 60),
                            (x + LARGE / 2, TOP + 65),
                        ],
                        SOFT,
                    )
                x += LARGE
            else:
                left = x + (small // 3) * SMALL
                y = TOP + 6 + (small % 3) * ROW
                icon(c, control.get("imageMso"), left + 2, y + 2, 16)
                c.text(left + 24, y + 10, label_of(control), 10, INK, "lm")
                small += 1
        if small:
            x += ((small + 2) // 3) * SMALL
        x = max(x, start + c.width(group.get("label")) + 12)
        c.text((start + x) / 2, TOP + HEIGHT - 10, group.get("label"), 9, SOFT, "mm")
        c.line([(x + 5, TOP + 6), (x + 5, TOP + HEIGHT - 6)], LINE, 1)
        x += 12
    width = max((c.width(i.get("label")) for i in menu_items), default=0) + 60
    y = TOP + HEIGHT + 3
    c.box(menu_at, y, width, ROW * len(menu_items) + 8, fill="white", outline=LINE, radius=3)
    for n, item in enumerate(menu_items):
        c.text(menu_at + 14, y + 4 + ROW * (n + 0.5), item.get("label"), 10, INK, "lm")
        c.text(menu_at + width - 12, y + 4 + ROW * (n + 0.5), item.get("keytip"), 8.5, SOFT, "rm")
    right_click(c, next(root.iter(f"{SPACE}contextMenu")))
    c.text(14, c.image.height / SCALE - 10, CAPTION, 9, SOFT, "ls")
    out.parent.mkdir(parents=True, exist_ok=True)
    c.image.save(out)
    return out


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "pictures" / "ribbon.png"
    print(draw(ROOT / "addin" / "ribbon.xml", target))

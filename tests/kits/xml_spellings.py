"""The same XML spelt otherwise: what any program may write instead of what another wrote.

``respelt`` takes a part and a random generator and gives a part of the same content. Which liberties
it takes is drawn anew for each part, so that over many draws every one meets every other.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LEAVES = {"t", "v", "f", "formula", "formula1", "formula2", "definedName"}

LIBERTIES = [
    "prefix",
    "own_prefix",
    "quotes",
    "references",
    "padded",
    "cdata",
    "comments",
    "instructions",
    "spaces",
    "lines",
    "expanded",
    "order",
    "bom",
    "utf16",
    "small_letters",
    "no_addresses",
    "split_rows",
    "shuffled_rows",
]


class Speller:
    """One part in one spelling. chosen: the liberties that are taken."""

    def __init__(self, draw: random.Random, chosen: set[str]):
        self.draw = draw
        self.chosen = chosen
        self.out: list[str] = []

    def _sometimes(self, name: str, share: float = 0.4) -> bool:
        return name in self.chosen and self.draw.random() < share

    def _reference(self, char: str) -> str:
        code = ord(char)
        width = 8 if "padded" in self.chosen else 1
        return self.draw.choice((f"&#{code:0{width}d};", f"&#x{code:0{width}X};"))

    def _escaped(self, text: str, inside: str) -> str:
        out = []
        for char in text:
            if (
                char in inside
                or char in "\r"
                or char in "\t\n"
                and '"' in inside
                or self._sometimes("references", 0.2)
            ):
                out.append(self._reference(char))
            else:
                out.append(char)
        return "".join(out)

    def _text(self, text: str) -> str:
        if text and self._sometimes("cdata") and "]]>" not in text and "\r" not in text:
            middle = self.draw.randrange(len(text) + 1)
            return self._escaped(text[:middle], "<&>") + f"<![CDATA[{text[middle:]}]]>"
        return self._escaped(text, "<&>")

    def _space(self) -> str:
        return self.draw.choice(("\n", "\r\n\t", "  ")) if self._sometimes("spaces") else ""

    def _between(self) -> str:
        out = ""
        if self._sometimes("lines"):
            out += self.draw.choice(("\n", "\r\n    ", "\t"))
        if self._sometimes("comments", 0.15):
            out += "<!-- <c r='A1'><v>9</v></c> -->"
        if self._sometimes("instructions", 0.1):
            out += "<?note <row r='1'/> ?>"
        return out

    def _within(self) -> str:
        return "<!---->" if self._sometimes("comments", 0.1) else ""

    def element(self, node: etree._Element, prefixes: dict[str | None, str], root: bool) -> None:
        """Write an element. prefixes: of its parent, None the default namespace."""
        name = etree.QName(node)
        known = {**node.nsmap, **prefixes} if not root else dict(prefixes)
        new: dict[str | None, str] = {}
        if root:
            for key, space in node.nsmap.items():
                known[key if not (space == name.namespace and "prefix" in self.chosen) else "x"] = (
                    space
                )
            if name.namespace:
                known.setdefault("q", name.namespace)
            new = dict(known)
        else:
            new = {k: s for k, s in node.nsmap.items() if k not in prefixes or prefixes[k] != s}
            if None in new and new[None] == name.namespace and "x" in prefixes:
                new = {k: s for k, s in new.items() if k is not None}
            known = {**prefixes, **new}
        choices = [key for key, space in known.items() if space == name.namespace]
        if self._sometimes("own_prefix", 0.2) and name.namespace and not root:
            own = f"own{self.draw.randrange(9)}"
            if own not in known:
                new[own] = known[own] = name.namespace
                choices = [own]
        usual = [key for key in choices if key != "q"] or choices
        prefix = self.draw.choice(choices) if self._sometimes("own_prefix", 0.3) else usual[0]
        tag = f"{prefix}:{name.localname}" if prefix else name.localname
        items = [(f"xmlns:{k}" if k else "xmlns", s) for k, s in new.items()]
        for key, value in node.attrib.items():
            full = etree.QName(key)
            if full.namespace == "http://www.w3.org/XML/1998/namespace":
                items.append((f"xml:{full.localname}", value))
            elif full.namespace:
                own = next(k for k, s in known.items() if s == full.namespace and k)
                items.append((f"{own}:{full.localname}", value))
            else:
                items.append((key, value))
        if "order" in self.chosen:
            self.draw.shuffle(items)
        inner = "".join(self._attribute(key, value) for key, value in items)
        leaf = name.localname in _LEAVES or not len(node)
        self.out.append(f"<{tag}{inner}{self._space()}")
        if not len(node) and not node.text and not self._sometimes("expanded"):
            self.out.append("/>")
            return
        self.out.append(">")
        if leaf:
            self.out.append(self._within() + self._text(node.text or ""))
        else:
            for child in node:
                self.out.append(self._between())
                self.element(child, known, False)
            self.out.append(self._between())
        self.out.append(f"</{tag}{self._space()}>")

    def _attribute(self, key: str, value: str) -> str:
        quote = "'" if self._sometimes("quotes", 0.5) else '"'
        space = self.draw.choice(("\n", "  ", "\t")) if self._sometimes("spaces") else " "
        around = " = " if self._sometimes("spaces", 0.2) else "="
        if key.startswith("xmlns"):
            return f"{space}{key}{around}{quote}{value}{quote}"
        escaped = self._escaped(value, "<&>'" + '"')
        return f"{space}{key}{around}{quote}{escaped}{quote}"


def respelt(data: bytes, draw: random.Random, chosen: set[str]) -> bytes:
    """The part in another spelling."""
    root = etree.fromstring(data)
    if etree.QName(root).localname == "worksheet":
        _loosened(root, draw, chosen)
    speller = Speller(draw, chosen)
    speller.element(root, {}, True)
    text = "".join(speller.out)
    if "utf16" in chosen:
        return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    data = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
    return b"\xef\xbb\xbf" + data if "bom" in chosen else data


def _loosened(root: etree._Element, draw: random.Random, chosen: set[str]) -> None:
    """Addresses in small letters or left out where the place says the same; rows in parts."""
    main = f"{{{etree.QName(root).namespace}}}"
    rows = root.find(main + "sheetData")
    for row in list(rows):
        column = 0
        for cell in row:
            letters = re.sub(r"\d", "", cell.get("r"))
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            if "no_addresses" in chosen and number == column + 1 and draw.random() < 0.5:
                del cell.attrib["r"]
            elif "small_letters" in chosen:
                cell.set("r", cell.get("r").lower())
            column = number
        if "split_rows" in chosen and len(row) > 2 and draw.random() < 0.5:
            second = etree.Element(row.tag, row.attrib, nsmap=row.nsmap)
            at = draw.randrange(1, len(row))
            if row[at].get("r"):
                second.extend(row[at:])
                row.addnext(second)
    if "shuffled_rows" in chosen:
        order = list(rows)
        draw.shuffle(order)
        rows[:] = order


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A workbook with each part of XML changed. change: (name, content) → content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.endswith((".xml", ".rels")):
                data = change(info.filename, data)
            new.writestr(info.filename, data)
    target.write_bytes(buffer.getvalue())
    return target

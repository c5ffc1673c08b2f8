"""A part read by expat and spelt anew in the plain form (``plain_form`` says what that is).

Nothing is guessed: what the plain form can't hold, or what a reader could take two ways, is
refused. Cells are placed as LibreOffice places them: a cell without address follows the one before
it, small letters count as large ones, a row may be spread over several elements.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from shikaku.ooxml import addresses
from shikaku.ooxml.xml_bytes import MAIN, BadMarkup, escape, quote

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = tuple(space.decode() for space in MAIN)
_XML = "http://www.w3.org/XML/1998/namespace"
_ROW = ["worksheet", "sheetData", "row"]
_LEAVES = {"t", "v", "f"}
"""Elements of cells and shared strings that hold text only."""


def respelt(data: bytes) -> bytes:
    """The part in plain form. data: well formed, UTF-8, without a document type.

    Raises BadMarkup, with the address of the cell where there is one.
    """
    return _Respelling().run(data)


@dataclass(slots=True)
class _GatheredRow:
    """A row while it is gathered: its own attributes, its cells by column, what else it holds."""

    attributes: dict[str, str] = field(default_factory=dict)
    cells: dict[int, bytes] = field(default_factory=dict)
    rest: list[bytes] = field(default_factory=list)


class _Respelling:
    """expat's events as bytes of the plain form, a worksheet's rows gathered by number."""

    def __init__(self) -> None:
        self.out: list[bytes] = [DECLARATION]
        self.text: list[str] = []
        self.path: list[str] = []  # local names; "" for an element of another namespace
        self.tags: list[tuple[str, int, bool]] = []  # name, its place in ``out``, has children
        self.spaces: list[dict[str, str]] = [{"": "", "xml": _XML}]
        self.renamed: list[dict[str, str]] = [{}]
        self.same: tuple[str, ...] = ()
        self.prefix = ""
        self.made = 0
        self.worksheet = False
        self.rows: dict[int, _GatheredRow] = {}
        self.row = self.column = 0
        self.cell: dict[str, str] = {}
        self.within: set[str] = set()

    def run(self, data: bytes) -> bytes:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text.append
        try:
            parser.Parse(data, True)
        except expat.ExpatError:
            raise BadMarkup from None
        return b"".join(self.out)

    # ---------------------------------------------------------------- names

    def _declared(self, attributes: list[str]) -> list[tuple[str, str]]:
        """The attributes with the names that they have in plain form; takes in the namespaces."""
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        new = {
            name[6:]: space for name, space in pairs if name == "xmlns" or name.startswith("xmlns:")
        }
        self.spaces.append({**self.spaces[-1], **new} if new else self.spaces[-1])
        self.renamed.append(self._names_below(new))
        dropped = self._dropped()
        return [(self._attribute(name), value) for name, value in pairs if name != dropped]

    def _names_below(self, new: dict[str, str]) -> dict[str, str]:
        """The prefixes that are renamed in an element that declares the namespaces ``new``."""
        names = self.renamed[-1]
        if self.path and new.get(self.prefix, self.same[0]) not in self.same:
            # Somebody else's island uses our prefix: it gets another one there.
            if not new[self.prefix]:
                raise BadMarkup
            self.made += 1
            names = {**names, self.prefix: f"ns{self.made}"}
            while names[self.prefix] in self.spaces[-1]:
                names[self.prefix] += "_"
        elif self.prefix in new:
            names = {key: value for key, value in names.items() if key != self.prefix}
        return names

    def _dropped(self) -> str:
        """The attribute that declares our own prefix once more inside the root; "" for none."""
        if not self.path or self.prefix in self.renamed[-1]:
            return ""
        return f"xmlns:{self.prefix}" if self.prefix else "xmlns"

    def _attribute(self, name: str) -> str:
        names = self.renamed[-1]
        if name in ("xmlns", "xmlns:" + self.prefix) and name[6:] == self.prefix:
            return "xmlns:" + names[self.prefix] if self.prefix in names else name
        before, colon, local = name.rpartition(":")
        return f"{names[before]}:{local}" if colon and before in names else name

    def _element(self, name: str) -> tuple[str, str]:
        """(the name in plain form, the local name or "" for another namespace)."""
        before, _, local = name.rpartition(":")
        space = self.spaces[-1].get(before)
        if not self.path:
            self.prefix, self.same = before, _MAIN if space in _MAIN else (space or "",)
        if space in self.same:
            if self.prefix in self.renamed[-1]:
                if all(self.path):
                    raise BadMarkup  # ours, under a prefix that means something else here
                return name, ""
            return (f"{self.prefix}:{local}" if self.prefix else local), local
        if before in self.renamed[-1]:
            return f"{self.renamed[-1][before]}:{local}", ""
        return name, ""

    # ---------------------------------------------------------------- events

    def start(self, name: str, attributes: list[str]) -> None:
        self._flush(leaf=False)
        if self.path:
            if self.path[-1] in _LEAVES:
                raise self._unclear()
            before, place, _ = self.tags[-1]
            self.tags[-1] = (before, place, True)
            pairs = self._declared(attributes)
            spelt, local = self._element(name)
        else:
            spaces = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self.spaces.append(dict(self.spaces[0]))
            self.spaces[-1].update(
                {k[6:]: v for k, v in spaces.items() if k == "xmlns" or k.startswith("xmlns:")}
            )
            self.renamed.append({})
            spelt, local = self._element(name)
            self.worksheet = local == "worksheet" and self.same == _MAIN
            pairs = list(spaces.items())
        self.path.append(local)
        if self.worksheet and self.path[:3] == _ROW:
            if len(self.path) == 3:
                self._open_row(pairs)
                self.tags.append((spelt, len(self.out), False))
                return
            pairs = self._in_row(local, pairs)
        self.tags.append((spelt, len(self.out), False))
        inner = b"".join(b' %s="%s"' % (key.encode(), quote(value)) for key, value in pairs)
        self.out.append(b"<%s%s>" % (spelt.encode(), inner))

    def end(self, _: str) -> None:
        spelt, place, children = self.tags.pop()
        self._flush(leaf=not children)
        self.spaces.pop()
        self.renamed.pop()
        depth = len(self.path)
        in_row = self.worksheet and self.path[:3] == _ROW
        if not (in_row and depth == 3):
            if len(self.out) == place + 1:
                self.out[place] = self.out[place][:-1] + b"/>"
            else:
                self.out.append(b"</%s>" % spelt.encode())
        if in_row and depth == 3:
            self.rows[self.row].rest += self._taken(place)
        elif in_row and depth == 4 and self.path[-1] == "c":
            self._close_cell(place)
        elif self.worksheet and self.path == _ROW[:2]:
            self._emit_rows(place, spelt)
        self.path.pop()

    def _flush(self, *, leaf: bool) -> None:
        """Write the text so far; white space between elements isn't any."""
        if not self.text:
            return
        text = "".join(self.text)
        self.text.clear()
        if not leaf and not text.strip(" \t\r\n"):
            return
        if (
            self.worksheet
            and self.path[:2] == _ROW[:2]
            and self.path[-1] in ("sheetData", "row", "c")
        ):
            if text.strip(" \t\r\n"):
                raise self._unclear()
            return
        if self.path[-1:] == ["v"] and self.cell and self.cell.get("t") != "str":
            text = text.strip(" \t\r\n")
        if text:
            self.out.append(escape(text))

    # ---------------------------------------------------------------- rows and cells

    def _unclear(self) -> BadMarkup:
        place = self.cell.get("r", "")
        return BadMarkup(place=place or (f"{self.row}行目" if self.row else ""))

    def _open_row(self, pairs: list[tuple[str, str]]) -> None:
        attributes = {key: value.strip() for key, value in pairs}
        number = attributes.pop("r", None)
        if number is None:
            self.row += 1
        elif number.isascii() and number.isdigit() and len(number) < 9:
            self.row = int(number)
        else:
            raise BadMarkup(place=f"行 {number[:12]}")
        if not 0 < self.row <= addresses.LAST_ROW:
            raise BadMarkup(place=f"{self.row}行目")
        self.column = 0
        self.rows.setdefault(self.row, _GatheredRow()).attributes.update(attributes)

    def _in_row(self, local: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The attributes of something in a row, those of a cell in the plain form's order."""
        depth = len(self.path)
        if depth == 4:
            self.cell, self.within = {}, set()
            if local == "c":
                return self._open_cell(pairs)
        elif self.path[3] == "c" and depth == 5 and local in ("v", "f", "is"):
            if local in self.within:
                raise self._unclear()
            self.within.add(local)
            if local == "v":
                return []
        return pairs

    def _open_cell(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        items = {key: value.strip() for key, value in pairs}
        self.cell = items
        if "r" in items:
            found = addresses.cell(items["r"])
            if found is None or found[1] != self.row:
                raise self._unclear()
            self.column = found[0]
        else:
            self.column += 1
            if self.column > addresses.LAST_COLUMN:
                raise self._unclear()
        items["r"] = f"{addresses.column_letters(self.column)}{self.row}"
        style = items.get("s", "0")
        if not (style.isascii() and style.isdigit() and len(style) < 7):
            raise self._unclear()
        first = [(key, items[key]) for key in ("r", "s", "t") if key in items]
        return first + [(key, value) for key, value in items.items() if key not in ("r", "s", "t")]

    def _close_cell(self, place: int) -> None:
        raw = b"".join(self._taken(place))
        cells = self.rows[self.row].cells
        if self.column in cells:
            old = cells[self.column]
            if not raw.endswith(b"/>") and not old.endswith(b"/>"):
                raise self._unclear()
            raw = old if raw.endswith(b"/>") else raw
        cells[self.column] = raw
        self.cell = {}

    def _taken(self, place: int) -> list[bytes]:
        pieces = self.out[place:]
        del self.out[place:]
        return pieces

    def _emit_rows(self, place: int, spelt: str) -> None:
        if not self.rows:
            return
        closing = self.out.pop()  # ``</sheetData>``, or ``<sheetData/>`` as one piece
        if closing.endswith(b"/>"):
            self.out.append(closing[:-2] + b">")
            closing = b"</%s>" % spelt.encode()
        name = f"{self.prefix}:row" if self.prefix else "row"
        for number in sorted(self.rows):
            row = self.rows[number]
            inner = b"".join(
                b' %s="%s"' % (key.encode(), quote(value)) for key, value in row.attributes.items()
            )
            tag = b'<%s r="%d"%s' % (name.encode(), number, inner)
            content = b"".join(row.cells[c] for c in sorted(row.cells)) + b"".join(row.rest)
            self.out.append(tag + (b">%s</%s>" % (content, name.encode()) if content else b"/>"))
        self.rows = {}
        self.out.append(closing)

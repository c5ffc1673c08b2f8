"""A letter's PDF as a source of pages: what the pages need, and the part of the structure that is
theirs."""

import io
from collections.abc import Iterator, Sequence

import pikepdf

from shikaku.letters.pdf.drawing import POINTS

_UA = b"<pdfuaid:part>1<"
_DEEPEST = 60
_INHERITED = ("/MediaBox", "/CropBox", "/Resources", "/Rotate")


class SourceFile:
    """An open PDF. Raises pikepdf.PdfError and PasswordError."""

    def __init__(self, data: bytes, password: str = ""):
        self.pdf = pikepdf.open(io.BytesIO(data), password=password)
        self.pages = list(self.pdf.pages)
        self._parents: dict[int, pikepdf.Object] | None = None
        self._parts: dict[tuple[int, int], list[pikepdf.Object]] | None = None

    def close(self) -> None:
        self.pdf.close()

    @property
    def own_hand(self) -> bool:
        """Written by ourselves: tagged as PDF/UA asks for, and fit for PDF/A but for its name."""
        metadata = self.pdf.Root.get("/Metadata")
        return isinstance(metadata, pikepdf.Stream) and _UA in metadata.read_bytes()

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page in millimetres."""
        left, low, right, high = (float(edge) for edge in self.pages[number].mediabox)
        return (right - left) / POINTS, (high - low) / POINTS

    def entry(self, number: int, name: str) -> pikepdf.Object | None:
        """A page's own or inherited entry."""
        holder: pikepdf.Object | None = self.pages[number].obj
        for _ in range(_DEEPEST):
            if holder is None or name in holder:
                break
            holder = holder.get("/Parent") if name in _INHERITED else None
        return None if holder is None else holder.get(name)

    def owners(self, number: int) -> pikepdf.Object | None:
        """The elements that own the marks of a page, in their order; None for an untagged page."""
        key = self.pages[number].obj.get("/StructParents")
        if key is None or "/StructTreeRoot" not in self.pdf.Root:
            return None
        if self._parents is None:
            tree = self.pdf.Root.StructTreeRoot.get("/ParentTree", pikepdf.Dictionary())
            self._parents = dict(_numbers(tree, 0))
        found = self._parents.get(int(key))
        return found if isinstance(found, pikepdf.Array) else None

    def parts(self, first: int, count: int) -> list[pikepdf.Object]:
        """The elements that hold the structure of these pages and of no other."""
        top = _kids(self.pdf.Root.get("/StructTreeRoot"))
        if count == len(self.pages):
            return top
        if self._parts is None:
            self._parts = {}
            for element in _inner(top):
                page = _first_page(element, 0)
                if page is not None:
                    self._parts.setdefault(page.objgen, []).append(element)
        wanted = [self.pages[n].obj.objgen for n in range(first, first + count)]
        return [part for key in wanted for part in self._parts.get(key, [])]

    @property
    def roles(self) -> pikepdf.Object | None:
        """What the file's own names of elements stand for."""
        tree = self.pdf.Root.get("/StructTreeRoot")
        return None if tree is None else tree.get("/RoleMap")


def _numbers(tree: pikepdf.Object, depth: int) -> Iterator[tuple[int, pikepdf.Object]]:
    """A number tree's pairs."""
    pairs = list(tree.get("/Nums", pikepdf.Array()))
    yield from ((int(k), v) for k, v in zip(pairs[::2], pairs[1::2], strict=False))
    if depth < _DEEPEST:
        for kid in tree.get("/Kids", pikepdf.Array()):
            yield from _numbers(kid, depth + 1)


def _kids(element: pikepdf.Object | None) -> list[pikepdf.Object]:
    """The elements below one; not the content."""
    kids = element.get("/K") if element is not None else None
    several = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [k for k in several if isinstance(k, pikepdf.Dictionary) and "/S" in k]


def _inner(top: Sequence[pikepdf.Object]) -> list[pikepdf.Object]:
    """The letters of a bound file: below the one element that holds them all."""
    return _kids(top[0]) if len(top) == 1 else list(top)


def _first_page(element: pikepdf.Object, depth: int) -> pikepdf.Object | None:
    """The page of the first content of an element."""
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if not isinstance(kid, pikepdf.Dictionary):
            if kid is not None and "/Pg" in element:
                return element.Pg
        elif "/S" not in kid:
            if "/Pg" in kid or "/Pg" in element:
                return kid.get("/Pg") or element.Pg
        elif depth < _DEEPEST:
            found = _first_page(kid, depth + 1)
            if found is not None:
                return found
    return None

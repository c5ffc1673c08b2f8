"""The structure of letters that are bound into one file: each letter's tree becomes a part of it."""

from collections.abc import Mapping, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name

_DEEPEST = 60


class BoundTags:
    """The structure of a book, letter by letter. Complete only if each letter has brought one."""

    def __init__(self, book: pikepdf.Pdf):
        self._book = book
        self._root = book.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._top = book.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self._root, K=Array())
        )
        self._owners: list[dict[int, pikepdf.Object]] = []
        self._complete = True

    def add(self, letter: pikepdf.Pdf, title: str) -> None:
        """Take over a letter whose pages have just been added to the book. title: "" for a file of
        many letters that has been bound before."""
        first = len(self._owners)
        self._owners += [{} for _ in letter.pages]
        tree = letter.Root.get("/StructTreeRoot")
        if tree is None or "/K" not in tree:
            self._complete = False
            return
        places: dict[object, int] = {p.objgen: first + at for at, p in enumerate(letter.pages)}
        if not title:
            for part in _kids(tree.K):
                self._top.K.append(self._part(part, str(part.get("/T", "")), places))
        else:
            self._top.K.append(self._part(tree.K, title, places))

    def _part(
        self, element: pikepdf.Object, title: str, places: Mapping[object, int]
    ) -> pikepdf.Object:
        """A letter of the book."""
        part = self._element(element, self._top, places, 0)
        part.S = Name.Part
        part.T = pikepdf.String(title)
        return part

    def finish(self) -> bool:
        """Put the structure into the book; False, and none is there, when a letter had none."""
        if not self._complete:
            for page in self._book.pages:
                if "/StructParents" in page:
                    del page["/StructParents"]
            return False
        numbers = Array()
        for at, (page, owners) in enumerate(zip(self._book.pages, self._owners, strict=True)):
            page.StructParents = at
            page.Tabs = Name.S
            numbers.append(at)
            numbers.append(Array([owners[mark] for mark in sorted(owners)]))
        self._root.K = self._top
        self._root.ParentTree = Dictionary(Nums=numbers)
        self._root.ParentTreeNextKey = len(self._owners)
        self._book.Root.StructTreeRoot = self._root
        self._book.Root.MarkInfo = Dictionary(Marked=True)
        return True

    def _element(
        self,
        element: pikepdf.Object,
        parent: pikepdf.Object,
        places: Mapping[object, int],
        depth: int,
    ) -> pikepdf.Object:
        """A copy of an element of a letter that leads to the book's pages."""
        new = self._book.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(str(element.S)), P=parent, K=Array())
        )
        if "/A" in element:
            new.A = pikepdf.Object.parse(element.A.unparse(resolved=True))
        if "/Alt" in element:
            new.Alt = pikepdf.String(str(element.Alt))
        for kid in _kids(element):
            if "/MCID" in kid:
                place, mark = places[kid.Pg.objgen], int(kid.MCID)
                page = self._book.pages[place].obj
                new.K.append(Dictionary(Type=Name.MCR, Pg=page, MCID=mark))
                self._owners[place][mark] = new
            elif depth < _DEEPEST:
                new.K.append(self._element(kid, new, places, depth + 1))
        return new


def _kids(element: pikepdf.Object) -> Sequence[pikepdf.Object]:
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]

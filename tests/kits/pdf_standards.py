"""What PDF/UA-1 and PDF/A-2 ask for and a program can see, checked with pikepdf.

No substitute for veraPDF: fonts' insides, colour spaces of pictures and the like are left out. Each
fault is named by the clause that it breaks.
"""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence

import pikepdf

_TABLE_KIDS = {"Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "TR": {"TD", "TH"}}
_PAINTS = {
    "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "EI",
}  # fmt: skip


def ua_faults(data: bytes) -> list[str]:
    """Faults against PDF/UA-1 (ISO 14289-1)."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [*_ua_document(pdf), *_ua_content(pdf), *_ua_tree(pdf), *_fonts(pdf)]


def archive_faults(data: bytes) -> list[str]:
    """Faults against PDF/A-2a (ISO 19005-2)."""
    faults = []
    if not data.startswith(b"%PDF-1.") or data[9:10] != b"%" or min(data[10:14]) < 128:
        faults.append("6.1.2 header")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if pdf.is_encrypted:
            faults.append("6.1.3 encrypted")
        if "/ID" not in pdf.trailer:
            faults.append("6.1.3 no ID")
        faults += _archive_document(pdf)
        faults += [
            *_ua_document(pdf, archive=True),
            *_ua_content(pdf),
            *_ua_tree(pdf),
            *_fonts(pdf),
        ]
    return faults


def _archive_document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    for name in ("/OpenAction", "/AA", "/AcroForm", "/OCProperties", "/Perms", "/Requirements"):
        if name in root:
            yield f"6.x {name}"
    if "/Names" in root and {"/JavaScript", "/EmbeddedFiles"} & set(root.Names.keys()):
        yield "6.6.1 names"
    intents = root.get("/OutputIntents", [])
    if len(intents) != 1 or intents[0].S != "/GTS_PDFA1":
        yield "6.2.3 output intent"
    else:
        profile = intents[0].DestOutputProfile
        icc = profile.read_bytes()
        if icc[36:40] != b"acsp" or struct.unpack(">I", icc[:4])[0] != len(icc) or profile.N != 3:
            yield "6.2.3 profile"
    packet = root.Metadata.read_bytes()
    if "/Filter" in root.Metadata:
        yield "6.6.2.1 metadata packed"
    for wanted in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<"):
        if wanted not in packet:
            yield f"6.6.4 {wanted!r}"
    if b"pdfuaid:part" in packet and b"pdfaExtension:schemas" not in packet:
        yield "6.6.2.3 extension schema"
    with pdf.open_metadata() as said:
        info = pdf.docinfo
        if str(info.get("/Title", "")) != (said.get("dc:title") or ""):
            yield "6.6.3 title"
        for mine, theirs in (("/Creator", "xmp:CreatorTool"), ("/Producer", "pdf:Producer")):
            if str(info.get(mine, "")) != (said.get(theirs) or ""):
                yield f"6.6.3 {mine}"
    for page in pdf.pages:
        for action in ("/AA", "/Annots"):
            if action in page:
                yield f"6.5 {action}"
        states = page.Resources.get("/ExtGState", pikepdf.Dictionary())
        if any("/TR" in s or "/HTP" in s for s in states.values()):
            yield "6.2.5 graphics state"


def _ua_document(pdf: pikepdf.Pdf, archive: bool = False) -> Iterator[str]:
    root = pdf.Root
    if root.get("/MarkInfo", {}).get("/Marked") is not True:
        yield "6.2 not marked"
    if root.get("/MarkInfo", {}).get("/Suspects", False):
        yield "7.1 suspects"
    if str(root.get("/Lang", "")) != "ja-JP":
        yield "7.2 language"
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "7.1 title isn't displayed"
    packet = root.Metadata.read_bytes()
    if b"<dc:title>" not in packet:
        yield "7.1 no title"
    if not archive and b"<pdfuaid:part>1<" not in packet:
        yield "5 no identification"
    for page in pdf.pages:
        if page.get("/Tabs") != "/S" and "/Annots" in page:
            yield "7.18 tab order"


def _ua_content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Everything that is painted is marked: as an artifact, or with a mark in the structure."""
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None:
        yield "7.1 no structure"
        return
    numbers = list(tree.ParentTree.Nums)
    parents = {int(k): list(v) for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
    drawn: set[tuple[int, int]] = set()
    for at, page in enumerate(pdf.pages):
        yield from _ua_stream(f"page {at}", page.obj, page, parents)
        for form in _forms(page):
            if form.objgen in drawn:
                yield f"page {at}: a form with marks drawn twice"
            drawn.add(form.objgen)
            yield from _ua_stream(f"form on page {at}", form, page, parents)


def _forms(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    for one in page.Resources.get("/XObject", pikepdf.Dictionary()).values():
        if one.get("/Subtype") == "/Form":
            yield one


def _ua_stream(
    where: str, holder: pikepdf.Object, page: pikepdf.Page, parents: dict[int, list]
) -> Iterator[str]:
    """The content of a page, or of a form on it."""
    owners = parents.get(int(holder.get("/StructParents", -1)))
    if owners is None:
        yield f"{where}: no parents"
        return
    forms = {
        name
        for name, one in page.Resources.get("/XObject", pikepdf.Dictionary()).items()
        if one.get("/Subtype") == "/Form"
    }
    stack: list[str] = []
    used = set()
    for operands, operator in pikepdf.parse_content_stream(holder):
        word = str(operator)
        if word in ("BMC", "BDC"):
            inside = operands[1].get("/MCID") if word == "BDC" else None
            stack.append("Artifact" if operands[0] == "/Artifact" else str(operands[0]))
            if inside is not None:
                used.add(int(inside))
                if not _is_marked(owners[int(inside)], int(inside), holder, page):
                    yield f"{where}: mark {inside} isn't its element's"
            if stack.count("Artifact") and len(stack) > 1:
                yield "7.1 tagged content inside an artifact"
        elif word == "EMC":
            stack.pop()
        elif word in _PAINTS and not stack and not (word == "Do" and str(operands[0]) in forms):
            yield f"{where}: {word} is not marked"
    if stack or used != set(range(len(owners))):
        yield f"{where}: marks and parents differ"


def _is_marked(
    element: pikepdf.Object, mark: int, holder: pikepdf.Object, page: pikepdf.Page
) -> bool:
    """Whether an element names the mark, with the page and the form that it stands in."""
    kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
    form = None if holder.objgen == page.obj.objgen else holder.objgen
    for kid in kids:
        if not isinstance(kid, pikepdf.Dictionary) or kid.get("/MCID") != mark:
            continue
        stream = kid.get("/Stm")
        named = None if stream is None else stream.objgen
        if "/Pg" in kid and kid.Pg.objgen == page.obj.objgen and named == form:
            return True
    return False


def _ua_tree(pdf: pikepdf.Pdf) -> Iterator[str]:
    tree = pdf.Root.get("/StructTreeRoot")
    queue = [] if tree is None else [(tree.K, "Root")]
    while queue:
        element, above = queue.pop()
        role = str(element.S)[1:]
        if above in _TABLE_KIDS and role not in _TABLE_KIDS[above]:
            yield f"7.5 {role} in {above}"
        if role in ("TD", "TH") and above != "TR":
            yield f"7.5 {role} outside a row"
        if role == "Figure" and not str(element.get("/Alt", "")):
            yield "7.3 a figure without words"
        if role == "TH" and "/Scope" not in element.get("/A", {}):
            yield "7.5 a heading cell without scope"
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                if kid.P.objgen != element.objgen:
                    yield f"{role}: a kid of somebody else's"
                queue.append((kid, role))


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    seen = set()
    holders = [one for page in pdf.pages for one in (page.obj, *_forms(page))]
    for holder in holders:
        for font in holder.Resources.get("/Font", pikepdf.Dictionary()).values():
            if font.objgen in seen:
                continue
            seen.add(font.objgen)
            inner = font.DescendantFonts[0]
            name = str(font.BaseFont)
            if "/FontFile2" not in inner.FontDescriptor:
                yield f"6.2.11 {name} isn't embedded"
                continue
            maps = inner.get("/CIDToGIDMap")
            if not (maps == "/Identity" or isinstance(maps, pikepdf.Stream)):
                yield f"6.2.11 {name}: glyphs"
            if "/ToUnicode" not in font:
                yield f"6.2.11 {name}: no way back to text"
            program = inner.FontDescriptor.FontFile2.read_bytes()
            yield from _widths(name, inner, program)


def _widths(name: str, inner: pikepdf.Object, program: bytes) -> Iterator[str]:
    """The PDF's widths are the font's own."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(program))
    units, order = font["head"].unitsPerEm, font.getGlyphOrder()
    said: dict[int, float] = {}
    items = list(inner.get("/W", []))
    for first, several in zip(items[::2], items[1::2], strict=True):
        said |= {int(first) + i: float(w) for i, w in enumerate(several)}
    maps = inner.CIDToGIDMap
    places: Sequence[int] = range(len(order))
    if isinstance(maps, pikepdf.Stream):
        data = maps.read_bytes()
        places = struct.unpack(f">{len(data) // 2}H", data)
    for code, place in enumerate(places):
        own = font["hmtx"][order[place]][0] / units * 1000
        if abs(said.get(code, float(inner.get("/DW", 1000))) - own) > 1:
            yield f"6.2.11.5 {name}: width of {code}"


def packed(data: bytes) -> int:
    """How many bytes a file has when packed once more: how much it repeats itself."""
    return len(zlib.compress(data))

"""Text that Word hides (「隠し文字」): in the file, on no page."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w

_OFF = ("0", "false", "off")


def _says(properties: etree._Element | None) -> bool | None:
    """Whether run properties hide, show, or say nothing."""
    mark = properties.find(w("vanish")) if properties is not None else None
    return None if mark is None else mark.get(w("val"), "1") not in _OFF


@lru_cache(maxsize=64)
def _hiding_styles(xml: bytes) -> dict[str, bool]:
    """Style → whether it hides, its parents' word included; styles that say nothing aside."""
    styles = {s.get(w("styleId"), ""): s for s in package.parse(xml).iter(w("style"))}
    found: dict[str, bool] = {}
    for identifier in styles:
        name, seen = identifier, set[str]()
        while name in styles and name not in seen:
            seen.add(name)
            word = _says(styles[name].find(w("rPr")))
            if word is not None:
                found[identifier] = word
                break
            base = styles[name].find(w("basedOn"))
            name = base.get(w("val"), "") if base is not None else ""
    return found


class Hidden:
    """What is hidden in the parts of a document."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        sheets = package.of_type(parts, "styles")
        self._styles = _hiding_styles(parts[sheets[0]]) if sheets else {}
        live = package.of_type(parts, "document.main", "header", "footer", "footnotes", "endnotes")
        self.anything = any(self._styles.values()) or any(b"vanish" in parts[part] for part in live)

    def runs(self, root: etree._Element) -> Iterator[etree._Element]:
        """The hidden runs of a part."""
        if self.anything:
            yield from (run for run in root.iter(w("r")) if self._is_hidden(run))

    def _is_hidden(self, run: etree._Element) -> bool:
        properties = run.find(w("rPr"))
        own = _says(properties)
        if own is not None:
            return own
        style = properties.find(w("rStyle")) if properties is not None else None
        if style is None or style.get(w("val"), "") not in self._styles:
            paragraph = next(run.iterancestors(w("p")), None)
            style = paragraph.find(f"{w('pPr')}/{w('pStyle')}") if paragraph is not None else None
        return style is not None and self._styles.get(style.get(w("val"), ""), False)

    def shown(self, root: etree._Element) -> str:
        """The text of a part that is printed."""
        hidden = set(self.runs(root))
        return "".join(
            element.text or ""
            for element in root.iter(w("t"))
            if hidden.isdisjoint(element.iterancestors(w("r")))
        )

    def take_out(self, root: etree._Element) -> None:
        """Remove the hidden runs, and paragraphs of which nothing but them was there."""
        for run in list(self.runs(root)):
            paragraph = next(run.iterancestors(w("p")), None)
            package.drop(run)
            if paragraph is None or next(paragraph.iter(w("r")), None) is not None:
                continue
            holder = package.parent(paragraph)
            marked = _says(paragraph.find(f"{w('pPr')}/{w('rPr')}"))
            last = holder.tag == w("tc") and len(holder.findall(w("p"))) == 1
            if marked and not last and paragraph.find(f"{w('pPr')}/{w('sectPr')}") is None:
                holder.remove(paragraph)

"""The parts of a workbook that are changed, added or taken out: what is to be written, and whether it may be.

Sheets come from ``editor``; here is what goes with them: the list of tabs, relationships, types, styles,
the order to calculate anew, the id of the workbook.
"""

from shikaku.model.schema import Sheet
from shikaku.ooxml import new_sheet, plain_form, workbook_part, xml_bytes
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.common_parts import SheetPart, Workbook

_TYPES, _STYLES = "[Content_Types].xml", "xl/styles.xml"


class ChangedParts:
    """Parts by name as they are to be; ``entries`` gives what is to be written."""

    def __init__(self, workbook: Workbook) -> None:
        self._styles_part, self._tabs = workbook.styles_part, workbook.tabs
        self._package = workbook.package
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._to_check: dict[str, bytes] = {}  # of sheets, what of them is new

    def part(self, name: str) -> bytes:
        """A part as it is to be."""
        return self._changed[name] if name in self._changed else self._package.xml(name)

    def is_new(self, name: str) -> bool:
        """Whether a part was added."""
        return name in self._added

    def change(self, name: str, data: bytes) -> None:
        """Give a part that is there new content."""
        self._changed[name] = data

    def add_sheet(self, spec: Sheet) -> tuple[SheetPart, bytes]:
        """An empty sheet with the columns of a schema sheet, as the last tab, and its XML. Raises BookError
        where a chart's tab has its name: Excel takes two tabs of one name for damage."""
        package = self._package
        if spec.name in self._tabs:
            raise BookError(
                f"「{package.name}」にグラフだけのシート「{spec.name}」があるため、"
                "同じ名前のシートを追加できません。",
                "そのシートの名前を変えて保存してから、もう一度実行してください。",
            )
        part = new_sheet.free_part(package, self._added)
        strict = self._strict
        data = new_sheet.sheet_xml([column.width for column in spec.columns.values()], strict)
        rels = new_sheet.rels_of(package.main)
        new_rels, relation = workbook_part.with_relation(
            self.part(rels), "worksheet", "/" + part, strict
        )
        main = workbook_part.with_sheet(self.part(package.main), spec.name, relation, strict)
        self._changed[package.main] = main
        self._changed[rels] = new_rels
        self._changed[_TYPES] = workbook_part.with_type(self.part(_TYPES), part, "worksheet")
        self._added[part] = data
        return SheetPart(spec.name, part), data

    @property
    def _strict(self) -> bool:
        return xml_bytes.MAIN[1] in self._package.xml(self._package.main)

    def put_sheet(self, name: str, data: bytes, to_check: bytes) -> None:
        """A sheet as it will be, and what of it has to be checked."""
        (self._added if name in self._added else self._changed)[name] = data
        self._to_check[name] = to_check

    def put_styles(self, data: bytes) -> None:
        """The styles as they will be, a part of their own where the workbook has none."""
        if self._styles_part:
            self._changed[self._styles_part] = data
            return
        part, rels = _STYLES, new_sheet.rels_of(self._package.main)
        if self._package.has(part):  # one that the workbook doesn't know of
            part = new_sheet.free_part(self._package, (), "styles")
        if part not in self._added:
            self._changed[rels], _ = workbook_part.with_relation(
                self.part(rels), "styles", "/" + part, self._strict
            )
            self._changed[_TYPES] = workbook_part.with_type(self.part(_TYPES), part, "styles")
        self._added[part] = data

    def calculate_anew(self, *, formulas: bool) -> None:
        """Cells have changed. formulas: formulas, too, so that the list of them is true no more."""
        package = self._package
        main = workbook_part.recalculated(self.part(package.main))
        self._changed[package.main] = book_id.given(main, package.data)
        if formulas:
            new_sheet.drop_calculation_chain(package, self._changed, self._removed)

    def entries(self) -> tuple[dict[str, bytes], dict[str, bytes], set[str]]:
        """(changed, added, removed): entry name → new content, new part → content, entry names.

        Raises BookError when what we made isn't sound XML (then nothing may be written).
        """
        package = self._package
        changed = {n: data for n, data in self._changed.items() if data != package.xml(n)}
        for data in {**changed, **self._added, **self._to_check}.values():
            try:
                plain_form.checked_and_lean(data, ours=True)
            except xml_bytes.BadMarkup:
                raise package.damaged() from None
        return {package.entry(n): data for n, data in changed.items()}, self._added, self._removed

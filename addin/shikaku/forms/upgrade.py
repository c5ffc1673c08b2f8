"""An older form into the present one, in memory: bytes in, bytes out, and proof that nothing is lost."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from shikaku.forms import static_sheets
from shikaku.forms.present_form import PresentForm, UserSheet, layout, user_sheets
from shikaku.forms.settings_rows import SettingsRenewal
from shikaku.forms.table_sheets import TableRenewal
from shikaku.model.schema import Sheet, is_older, schema
from shikaku.model.tables import Book, Cell
from shikaku.ooxml import new_sheet, plain_form, workbook_part, xml_bytes
from shikaku.ooxml.package import Package
from shikaku.system.errors import BookError
from shikaku.system.resources import folder
from shikaku.template.date_formulas import NAME, STEPS
from shikaku.template.live_formulas import CLOSED
from shikaku.workbook.common_parts import SheetPart, Workbook
from shikaku.workbook.origin_columns import widened
from shikaku.workbook.reader import read_book

_PRINT_AREA, _PRINT_TITLES = "_xlnm.Print_Area", "_xlnm.Print_Titles"
_DYNAMIC = "SUMPRODUCT(MAX(NOT(ISBLANK("
"""In every print area of the form's own, and in nobody else's."""


@dataclass
class Upgraded:
    """What came of it. data: the workbook; former: its form before; notes: what the user should know."""

    data: bytes
    former: str
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether it was an older form."""
        return is_older(self.former)


def upgraded(data: bytes, name: str) -> Upgraded:
    """The workbook in the present form; one that has it already comes back as it is.

    Raises BookError: no form of ours, a sheet that has no room for the new columns, and (then nothing
    may be written) a result in which anything that people typed is different.
    """
    before = read_book(Workbook(Package(data, name)))
    if before.form is None:
        raise BookError(
            f"「{name}」は届出の様式のブックではありません。",
            "「shikaku new」で作ったブックか、健保組合から受け取った様式を指定してください。",
        )
    result = Upgraded(data, before.form)
    if not result.changed:
        return result
    columns = {key: spec.columns for key, spec in schema().sheets.items() if spec.table}
    wide = widened(data, name, columns)
    try:  # hundreds of megabytes, of which nothing is kept for the proof
        result.data = _FormUpgrade(Package(wide, name), result).data()
    except xml_bytes.BadMarkup:
        raise Package(data, name).damaged() from None
    _prove(before, read_book(Workbook(Package(result.data, name))), name)
    return result


class _FormUpgrade:
    """The parts of one workbook as the present form wants them."""

    def __init__(self, package: Package, result: Upgraded):
        self.package, self.result = package, result
        self.workbook = Workbook(package)
        self.book = read_book(self.workbook)
        self.sheets: list[UserSheet] = user_sheets(self.workbook, self.book)
        self.layout: dict[str, Sheet] = layout(self.workbook, self.sheets)
        self.present = PresentForm(self.layout, self.workbook, protect=self._protected())
        self.changed: dict[str, bytes] = {}
        self.added: dict[str, bytes] = {}
        self.main = package.xml(package.main)
        self.known = workbook_part.defined(self.main)
        self.new: dict[tuple[str, int | None], str | None] = {}

    def _protected(self) -> bool:
        return any(
            b"<%ssheetProtection" % xml.p in xml.data[slice(*xml.tail)]
            for sheet in self.sheets
            if (xml := self.workbook.sheet_xml(sheet.tab))
        )

    def data(self) -> bytes:
        """The whole file."""
        for sheet in self.sheets:
            renewal = TableRenewal(self.workbook, sheet, self.layout[sheet.key], self.present)
            self.changed |= renewal.parts()
            self.result.notes += [
                f"シート「{sheet.tab.name}」の「{label}」{count}か所は、数式の上から入力された値なので、"
                "そのまま残しました。"
                for label, count in renewal.kept.items()
            ]
        self._settings()
        for key in static_sheets.SHEETS:
            self._static(key)
        self._names()
        removed: set[str] = set()
        styles = self.workbook.styles.result()
        if styles is not None and self.workbook.styles_part:
            self.changed[self.workbook.styles_part] = styles
        hidden = [n for n, _ in self.new if n.startswith(STEPS)]
        main = workbook_part.redefined(self.main, self.new, hidden)
        self.changed[self.package.main] = workbook_part.recalculated(main)
        new_sheet.drop_calculation_chain(self.package, self.changed, removed)
        for part in (*self.changed.values(), *self.added.values()):
            plain_form.checked(part)
        entries = {self.package.entry(part): data for part, data in self.changed.items()}
        return self.package.rewritten(entries, self.added, removed)

    def _settings(self) -> None:
        tab = self.workbook.find(schema().sheets["settings"].name)
        if tab is not None:
            renewal = SettingsRenewal(self.workbook, self.book, tab, self.present)
            self.changed[tab.part] = renewal.part(self.known)
            self.new |= renewal.names

    def _static(self, key: str) -> None:
        """表紙 or コード表 from the form; an old one with something of the user's stays beside it."""
        tab = self.workbook.find(schema().sheets[key].name)
        strict = xml_bytes.MAIN[1] in self.main
        if tab is None or not tab.part:
            return
        selected = static_sheets.is_selected(self.workbook.sheet_xml(tab))
        data = static_sheets.sheet_part(self.present, key, strict=strict, selected=selected)
        if static_sheets.has_own(self.workbook, tab, self.present, _former_texts(key)):
            self._keep(tab, data, strict=strict)
        else:
            self.changed[tab.part] = data

    def _keep(self, tab: SheetPart, data: bytes, *, strict: bool) -> None:
        """Put the form's sheet in the place of an old one, which goes to the end under another name."""
        part = new_sheet.free_part(self.package, self.added)
        rels, types = new_sheet.rels_of(self.package.main), "[Content_Types].xml"
        current = self.changed.get(rels) or self.package.xml(rels)
        self.changed[rels], relation = workbook_part.with_relation(
            current, "worksheet", "/" + part, strict
        )
        current = self.changed.get(types) or self.package.xml(types)
        self.changed[types] = workbook_part.with_type(current, part, "worksheet")
        self.added[part] = data
        name = _free_name(tab.name + static_sheets.SUFFIX, set(self.workbook.tabs))
        self.main = workbook_part.with_sheet_before(self.main, tab.name, name, relation, strict)
        self.result.notes.append(
            f"シート「{tab.name}」に加えられていた内容は、シート「{name}」に残しました。"
        )

    def _names(self) -> None:
        """The form's names: those that every workbook of the form has, and each sheet's own."""
        keys = {place: key for key, place in self.present.places.items()}
        places = self._places()
        for (name, local), formula in self.present.names.items():
            place = None if local is None else places.get(keys[local], -1)
            if place != -1 and not self._own_name(name, place, formula):
                self.new[name, place] = formula
        for name, local in self.known:
            if name.startswith((NAME, *STEPS)) and (name, local) not in self.new:
                self.new[name, local] = None  # a step of old formulas

    def _places(self) -> dict[str, int]:
        """Sheet key → the place of its tab among all tabs, of the sheets that the form's names belong to."""
        tabs = {sheet.key: sheet.tab for sheet in self.sheets}
        for key in static_sheets.SHEETS:
            if tab := self.workbook.find(schema().sheets[key].name):
                tabs[key] = tab
        return {key: self.workbook.tabs.index(tab.name) for key, tab in tabs.items()}

    def _own_name(self, name: str, place: int | None, formula: str) -> bool:
        """Whether a name is left as the workbook has it: the user's own paper and closed days, and the
        lines of 設定, of which ``settings_rows`` knows where they are."""
        old = self.known.get((name, place))
        if place is None:
            in_settings = formula.startswith(f"'{schema().sheets['settings'].name}'")
            return in_settings or (name == CLOSED and old is not None)
        if name == _PRINT_AREA:
            return old is not None and _DYNAMIC not in old and "$A$1:$I$" not in old
        return name == _PRINT_TITLES and old is not None


def _free_name(name: str, taken: set[str]) -> str:
    """A tab's name of 31 characters at most that no tab has."""
    found, number = name[:31], 2
    while found in taken:
        found, number = f"{name[:28]}_{number}", number + 1
    return found


def _former_texts(key: str) -> set[str]:
    """The texts that former versions of the form had on 表紙 or コード表."""
    data = tomllib.loads((folder("workbooks") / "former-texts.toml").read_text("utf-8"))
    return set(data[key])


def _prove(before: Book, after: Book, name: str) -> None:
    """Raise BookError unless the result says all that the workbook said, at the same places."""
    kept = set(before.settings)
    if list(_content(before, kept)) != list(_content(after, kept)):
        raise BookError(
            f"「{name}」を新しい様式にできませんでした(内容が変わってしまうため、何も書き込んでいません)。",
            "新しいブックを作り、「shikaku import」で行を取り込んでください。",
        )


def _content(book: Book, settings: set[str]) -> Iterator[object]:
    """Everything that people typed, with its place, and these settings."""
    for key in sorted(book.tables):
        table = book.tables[key]
        calculated = {k for k, c in table.spec.columns.items() if c.type == "formula"}
        yield key, table.header_row, sorted(table.unknown_labels.items()), table.merged
        for row in table.rows:
            yield row.number, row.hidden, _typed(row.cells, calculated)
    yield [(key, book.setting_rows.get(key), book.settings.get(key)) for key in sorted(settings)]


def _typed(cells: dict[str, Cell], calculated: set[str]) -> list[tuple[str, Cell]]:
    return sorted(
        ((k, c) for k, c in cells.items() if k not in calculated), key=lambda item: item[0]
    )

"""How ranges of the played Excel look: number formats, fills, fonts, widths."""

from copy import copy

from openpyxl.styles import PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from xlwings import base_classes, utils

from xlengine.areas import Area, Interrupted, same
from xlengine.coerce import GENERAL


class Looks(Area):
    """A rectangle of cells with their formats. A protected sheet takes none."""

    def filled(self, wanted) -> list["Looks"]:
        """The cells whose colour, as ``Interior`` says it, is the wanted one."""
        kinds: dict[int, list[tuple[int, int]]] = {}
        for place, cell in self.sheet.content._cells.items():
            if has_fill(cell):
                kinds.setdefault(cell._style.fillId, []).append(place)
        last = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        return [
            type(self)(self.sheet, row, column)
            for places in kinds.values()
            if type(self)(self.sheet, *places[0]).api.Interior.Color == wanted
            for row, column in places
            if self.row <= row <= last[0] and self.column <= column <= last[1]
        ]

    def _refuse_formats(self) -> None:
        """A protected sheet takes no format, not even in cells that may be written, unless its
        protection allows formats."""
        protection = self.sheet.content.protection
        if protection.sheet and protection.formatCells:
            raise Interrupted("the sheet is protected")

    @property
    def number_format(self):
        return same(cell.number_format for cell in self.cells())

    @number_format.setter
    def number_format(self, value):
        self.app.wrote()
        self._refuse_formats()
        for cell in self.changed():
            cell.number_format = GENERAL if value in ("", "G/標準") else value

    @property
    def color(self):
        fills = [cell.fill for cell in self.cells()]
        found = {_rgb(fill) for fill in fills}
        return found.pop() if len(found) == 1 else (0, 0, 0)  # COM: Interior.Color of a mixture

    @color.setter
    def color(self, value):
        self.app.wrote()
        if isinstance(value, str):
            value = utils.hex_to_rgb(value)
        if value is None:
            fill = PatternFill()
        else:
            fill = PatternFill("solid", start_color="FF{:02X}{:02X}{:02X}".format(*value))
        number = None
        for cell in self.changed():
            if number is None:
                cell.fill = fill
                number = cell._style.fillId
            else:  # openpyxl would look for the fill anew in each cell
                _style(cell).fillId = number

    @property
    def font(self):
        return Font(self)

    def struck_cells(self) -> list[tuple[int, int]]:
        """The cells whose whole text is struck through."""
        cells = ((place, self._there(*place)) for place in self.places())
        return [place for place, cell in cells if cell is not None and cell.font.strike]

    @property
    def struck(self) -> bool | None:
        """``Font.Strikethrough``: None for a mixture."""
        count = len(self.struck_cells())
        return count == len(self) if count in (0, len(self)) else None

    @property
    def wrap_text(self):
        return same(bool(cell.alignment.wrap_text) for cell in self.cells())

    @wrap_text.setter
    def wrap_text(self, value):
        for cell in self.cells():
            alignment = copy(cell.alignment)
            alignment.wrap_text = value
            cell.alignment = alignment

    def unmerge(self):
        self.app.wrote()
        self._refuse_formats()
        ranges = self.sheet.content.merged_cells.ranges
        for area in [a for a in ranges if (a.min_row, a.min_col) in set(self.places())]:
            self.sheet.content.unmerge_cells(str(area))

    def autofill(self, destination, type_):
        assert type_ == "fill_formats"
        self.app.wrote()
        self._refuse_formats()
        if destination.impl._crossed():
            raise Interrupted("the rows to fill from and to aren't all in sight")
        for row, column in destination.impl.places():
            source = self.sheet.content.cell(self.row, column)
            self.sheet.content.cell(row, column)._style = copy(source._style)

    def autofit(self, axis=None): ...

    @property
    def column_width(self):
        return self.sheet.content.column_dimensions[get_column_letter(self.column)].width

    @column_width.setter
    def column_width(self, value):
        self.sheet.content.column_dimensions[get_column_letter(self.column)].width = value


class Font(base_classes.Font):
    def __init__(self, parent: Looks):
        self.parent = parent

    @property
    def api(self):
        return self

    def _change(self, **changes):
        self.parent._refuse_formats()
        numbers: dict[int, int] = {}  # of the fonts as they were and are now
        for cell in self.parent.cells():
            style = _style(cell)
            before = style.fontId
            if before in numbers:
                style.fontId = numbers[before]
                continue
            font = copy(cell.font)
            for name, value in changes.items():
                setattr(font, name, value)
            cell.font = font
            numbers[before] = style.fontId

    @property
    def bold(self):
        return same(bool(cell.font.b) for cell in self.parent.cells())

    @bold.setter
    def bold(self, value):
        self._change(b=value)

    @property
    def color(self):
        return None

    @color.setter
    def color(self, value):
        self.parent.app.wrote()
        if isinstance(value, str):
            value = utils.hex_to_rgb(value)
        self._change(color="FF{:02X}{:02X}{:02X}".format(*value))


def _style(cell):
    """A cell's numbers of fill, font and format, to be changed."""
    if cell._style is None:
        cell._style = StyleArray()
    return cell._style


def has_fill(cell) -> bool:
    """Whether a cell may have a fill: openpyxl's number for "none" is known at once."""
    return cell.has_style and cell._style.fillId != 0


def _rgb(fill) -> tuple[int, int, int] | None:
    if fill.fill_type is None:
        return None
    value = fill.start_color.rgb if fill.fill_type == "solid" else fill.end_color.rgb
    if not isinstance(value, str):  # a theme colour: Excel would work it out
        return (1, 2, 3)
    return utils.hex_to_rgb(value[-6:])

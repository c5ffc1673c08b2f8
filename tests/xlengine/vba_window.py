"""The add-in's window with the findings, played: MSForms has no interpreter of pyOpenVBA's."""

from pyopenvba.interpreter._objects import VBAObject, member, method, setter
from pyopenvba.interpreter._values import MISSING, VBAInt, error


class PlayedList(VBAObject):
    """``MSForms.ComboBox`` and ``MSForms.ListBox``: lines, and which one is chosen."""

    vba_type_name = "ListBox"
    vba_library = "MSForms"

    def __init__(self, changed=lambda: None):
        self.lines: list[list[object]] = []
        self.index = -1
        self.changed = changed
        self.look: dict[str, object] = {}

    @method
    def Clear(self) -> object:
        self.lines, self.index = [], -1
        return None

    @method
    def AddItem(self, Item: object) -> object:
        self.lines.append([str(Item)])
        return None

    @member
    def ListIndex(self) -> object:
        return VBAInt(self.index, "Long")

    @setter("ListIndex")
    def _choose(self, value: object) -> None:
        self.index = int(value)
        self.changed()

    @member
    def Text(self) -> object:
        return self.lines[self.index][0] if self.index >= 0 else ""

    @member
    def List(self, Row: object = MISSING, Column: object = MISSING) -> object:
        return self.lines[int(Row)][int(Column)]

    @setter("List")
    def _fill(self, value: object) -> None:
        (top, bottom), (left, right) = value.bounds
        self.lines = [
            [value.get([row, column]) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]

    @member
    def ColumnCount(self) -> object:
        return VBAInt(self.look["ColumnCount"], "Long")

    @setter("ColumnCount")
    def _set_columns(self, value: object) -> None:
        self.look["ColumnCount"] = int(value)

    @member
    def ColumnWidths(self) -> object:
        return self.look["ColumnWidths"]

    @setter("ColumnWidths")
    def _set_widths(self, value: object) -> None:
        self.look["ColumnWidths"] = str(value)

    @member
    def Style(self) -> object:
        return VBAInt(self.look["Style"], "Long")

    @setter("Style")
    def _set_style(self, value: object) -> None:
        self.look["Style"] = int(value)


class PlayedLabel(VBAObject):
    """``MSForms.Label``."""

    vba_type_name = "Label"
    vba_library = "MSForms"
    caption: str = ""

    @member
    def Caption(self) -> object:
        return self.caption

    @setter("Caption")
    def _say(self, value: object) -> None:
        self.caption = str(value)


class Window(PlayedLabel):
    """The window ``FindingList``: its controls, and the events that it hands on to the macros."""

    vba_type_name = "FindingList"
    refuses = gone = False

    def __init__(self, run):
        self.run = run
        self.shown = False
        self.severity = PlayedList(lambda: run("FillList", self))
        self.found, self.detail = PlayedList(), PlayedLabel()

    @method
    def Show(self) -> object:
        if self.refuses:
            raise error(2147467259, "Could not load an object")
        if not self.shown:
            self.run("PrepareList", self)
        self.shown = True
        return None

    def close(self) -> None:
        """As by the ×: unloaded, and gone for who still holds it."""
        self.run("CloseList")
        self.gone = True

    def _there(self) -> None:
        if self.gone:
            raise error(-2147418105, "The object invoked has disconnected from its clients")

    @member
    def Severity(self) -> object:
        self._there()
        return self.severity

    @member
    def Found(self) -> object:
        self._there()
        return self.found

    @member
    def Detail(self) -> object:
        return self.detail

"""What the ribbon shows of a workbook (ShikakuState.bas), run by pyOpenVBA's interpreter."""

import re

import pytest
from lxml import etree
from pyopenvba.apps.excel import SheetView
from pyopenvba.interpreter._objects import VBAObject, method
from pyopenvba.interpreter._values import NOTHING
from shikaku.install import build, sources
from shikaku.model.schema import schema
from xlengine.vba import Excel

SHEETS = schema().sheets
FINDINGS, LEDGER = SHEETS["findings"].name, SHEETS["ledger"].name
SEVERITY, STATE = schema().lists["severity"], schema().lists["return_state"]
BOOK, OTHER = "届出.xlsx", "別の届出.xlsx"


class Ribbon(VBAObject):
    """``IRibbonUI``: what it was asked to show anew."""

    vba_type_name = "IRibbonUI"
    vba_library = "Office"

    def __init__(self):
        self.asked: list[str] = []

    @method
    def Invalidate(self) -> object:
        self.asked.append("")
        return None

    @method
    def InvalidateControl(self, ControlID: object) -> object:
        self.asked.append(str(ControlID))
        return None


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    return build(tmp_path_factory.mktemp("addin") / "shikaku.xlam", r"C:\python.exe")


@pytest.fixture
def excel(addin) -> Excel:
    found = Excel(addin)
    # A callback hands its answer back through an argument: asked by a module of the test's.
    found.app.add_module(
        'Public Function LabelNow()\n    LabelOfCheck "検証", LabelNow\nEnd Function\n'
        "Public Function CanPress(ByVal Rule)\n    EnabledByRule Rule, CanPress\nEnd Function\n",
        name="Asking",
    )
    return found


@pytest.fixture
def ribbon(excel) -> Ribbon:
    found = Ribbon()
    excel.app.run("RibbonLoaded", found)
    found.asked.clear()
    return found


def workbook(excel: Excel, name: str, severities: list[str], states: list[str] = ()):
    """A workbook with a list of findings and a ledger, a cell a row."""
    book = excel.open_book(name)
    book.sheets_[0].name = SHEETS["acquisition"].name
    for sheet, words in ((FINDINGS, severities), (LEDGER, states)):
        view = SheetView(book.add_sheet(sheet))
        for row, word in enumerate(words, 2):
            view.set_value(f"A{row}", word)
    excel.app.activate_workbook(book)
    excel.app.evaluate(f'Worksheets("{SHEETS["acquisition"].name}").Activate')
    excel.run("FrontChanged")
    return book


def label(excel: Excel) -> str:
    return str(excel.app.run("LabelNow"))


def can(excel: Excel, rule: str) -> bool:
    return bool(excel.app.run("CanPress", rule))


def edited(excel: Excel, book: str, sheet: str) -> None:
    excel.app.run("CellsEdited", book, sheet)


def test_the_label_counts_the_errors_of_the_workbook_in_front(excel, ribbon):
    excel.run("FrontChanged")
    assert label(excel) == "検証"  # no workbook
    workbook(excel, "白紙.xlsx", [])
    assert label(excel) == "検証 0"
    workbook(excel, BOOK, [SEVERITY["error"]] * 3 + [SEVERITY["warning"], SEVERITY["info"]])
    assert label(excel) == "検証 3"
    excel.open_book("ほか.xlsx")
    excel.run("FrontChanged")
    assert label(excel) == "検証"  # no list
    assert ribbon.asked == [""] * 4


def test_an_edit_makes_the_result_old_once(excel, ribbon):
    workbook(excel, BOOK, [SEVERITY["error"]])
    ribbon.asked.clear()
    for _ in range(3):
        edited(excel, BOOK, SHEETS["acquisition"].name)
    assert label(excel) == "検証 1 結果は古い"
    assert ribbon.asked == ["shikakuCheck"]  # one question however much is typed
    edited(excel, OTHER, SHEETS["acquisition"].name)
    excel.app.run("Written", BOOK, True, False, False)
    assert label(excel) == "検証 1"
    excel.app.run("Written", BOOK, False, True, False)
    assert label(excel) == "検証 1 結果は古い"
    excel.app.run("Written", BOOK, False, False, False)  # another sheet of ours
    assert label(excel) == "検証 1 結果は古い"


def test_our_own_sheets_make_nothing_old(excel, ribbon):
    workbook(excel, BOOK, [SEVERITY["error"]])
    for key in ("findings", "decisions"):
        edited(excel, BOOK, SHEETS[key].name)
    assert label(excel) == "検証 1"


def test_another_workbook_of_the_name_begins_anew(excel, ribbon):
    workbook(excel, BOOK, [SEVERITY["error"]])
    edited(excel, BOOK, "設定")
    excel.app.run("BookOpened", BOOK)
    assert label(excel) == "検証 1"


def test_a_new_name_keeps_what_was_edited_and_no_way_back(excel, ribbon):
    book = workbook(excel, BOOK, [SEVERITY["error"]])
    excel.app.run("Written", BOOK, False, True, True)
    assert can(excel, "undo")
    excel.app.run("BookSaving", BOOK)
    book.name = OTHER
    excel.app.run("BookSaved", OTHER, True)
    assert label(excel) == "検証 1 結果は古い" and not can(excel, "undo")


def test_a_save_that_fails_takes_no_way_back(excel, ribbon):
    workbook(excel, BOOK, [])
    excel.app.run("Written", BOOK, True, False, True)
    excel.app.run("BookSaving", BOOK)
    excel.app.run("BookSaved", BOOK, False)
    assert can(excel, "undo")
    excel.app.run("BookSaved", BOOK, True)
    assert not can(excel, "undo")


@pytest.mark.parametrize(
    ("severities", "states", "expected"),
    [
        ([], [], {"findings": False, "out": False}),
        (["info"], ["returned"], {"findings": True, "out": False}),
        (["error"], ["overdue"], {"findings": True, "out": True}),
        ([], ["waiting"], {"findings": False, "out": True}),
    ],
)
def test_what_has_nothing_to_do_is_greyed(excel, ribbon, severities, states, expected):
    workbook(excel, BOOK, [SEVERITY[s] for s in severities], [STATE[s] for s in states])
    assert {rule: can(excel, rule) for rule in expected} == expected


@pytest.mark.parametrize(
    ("sheet", "person", "ledger"),
    [("members", True, False), ("loss", True, False), ("ledger", False, True)],
)
def test_a_right_click_offers_what_fits_the_sheet(excel, ribbon, sheet, person, ledger):
    book = workbook(excel, BOOK, [])
    if sheet != "ledger":
        book.add_sheet(SHEETS[sheet].name)
    excel.app.evaluate(f'Worksheets("{SHEETS[sheet].name}").Activate')
    assert (can(excel, "person"), can(excel, "ledger")) == (person, ledger)


def test_without_a_ribbon_nothing_fails_and_everything_can_be_pressed(excel):
    workbook(excel, BOOK, [SEVERITY["error"]])
    edited(excel, BOOK, "設定")
    excel.app.run("Written", BOOK, True, False, True)
    assert can(excel, "findings") and can(excel, "anything")


def test_the_events_only_hand_on():
    """Each handler is one line, and calls a Sub that is there."""
    (text,) = sources.class_modules().values()
    handlers = re.findall(r"Private Sub Host_(\w+)\(.*\)\r\n    (\w+).*\r\nEnd Sub", text)
    assert len(handlers) == text.count("End Sub") == 8
    modules = sources.standard_modules()
    there = modules["ShikakuState"] + modules["ShikakuFindings"]
    for _, called in handlers:
        assert f"Public Sub {called}(" in there


def test_an_event_of_excels_reaches_the_label(excel, ribbon):
    """The class's own handler, called as Excel does."""
    book = workbook(excel, BOOK, [SEVERITY["error"]])
    watch = excel.app.evaluate("New ShikakuEvents")
    sheet = book.sheets_[0]
    watch.vba_call("Host_SheetChange", [sheet, NOTHING])
    assert label(excel) == "検証 1 結果は古い"


def test_every_rule_and_label_of_the_ribbon_is_one_of_the_macros():
    xml = etree.fromstring(sources.ribbon())
    state = sources.standard_modules()["ShikakuState"]
    rules = set(re.findall(r'Case "(\w+)"', state))
    used = {item.get("tag") for item in xml.iter() if item.get("getEnabled")}
    assert used <= rules
    named = re.findall(r'InvalidateControl "(\w+)"', state)
    ids = {item.get("id") for item in xml.iter() if isinstance(item.tag, str)}
    assert set(named) <= ids
    for item in xml.iter():
        if item.get("getLabel"):
            assert item.get("tag") and not item.get("label")

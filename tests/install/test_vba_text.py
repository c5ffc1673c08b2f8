"""The macros' text as VBA takes it: limits, names, and the shapes that Excel calls.

A mistake of this kind stops every button at the first click ("compile error"), and no interpreter
but VBA's own would see it.
"""

import re

import pytest
from lxml import etree
from shikaku.install import forms, sources

STANDARD = sources.standard_modules()
CLASSES = sources.class_modules()
WINDOWS = {form.name: form.code for form in sources.windows()}
MODULES = {
    name: text.replace("\r\n", "\n") for name, text in {**STANDARD, **CLASSES, **WINDOWS}.items()
}
RIBBON = [e for e in etree.fromstring(sources.ribbon()).iter() if isinstance(e.tag, str)]

# [MS-VBAL] 3.3.5.2: no name may be one of these.
RESERVED = """
    Abs And Any As Attribute Boolean ByRef Byte ByVal Call Case CBool CByte CCur CDate CDbl CDec CDecl CInt
    Circle CLng CLngLng CLngPtr Close Const CSng CStr Currency CVar CVErr Date Debug Declare DefBool DefByte
    DefCur DefDate DefDbl DefInt DefLng DefLngLng DefLngPtr DefObj DefSng DefStr DefVar Dim Do DoEvents
    Double Each Else ElseIf Empty End EndIf Enum Eqv Erase Event Exit False Fix For Friend Function Get
    Global GoSub GoTo If Imp Implements In Input InputB Int Integer Is LBound Len LenB Let Like LINEINPUT Lock
    Long LongLong LongPtr Loop LSet Me Mod New Next Not Nothing Null On Open Option Optional Or ParamArray
    Preserve Print Private PSet Public Put RaiseEvent ReDim Rem Resume Return RSet Scale Seek Select Set Sgn
    Shared Single Spc Static Stop String Sub Tab Then To True Type TypeOf UBound Unlock Until Variant
    Wend While With WithEvents Write Xor
"""
# What our macros use of VBA's, Excel's and Forms' own.
GIVEN = """
    Access Error Line Module Object Output Step
    Asc Chr CreateObject Environ EOF Err FreeFile InStr InStrRev IsEmpty IsError IsNull Join Kill Left Mid
    MsgBox Replace Right Split Timer Trim TypeName Val VBA
    vbCrLf vbExclamation vbInformation vbLf vbModeless vbTab vbTextCompare xlDisabled xlSheetVisible
    ActiveCell ActiveSheet ActiveWorkbook Application AppleScriptTask Collection Interior IRibbonControl
    IRibbonUI MSForms Range ThisWorkbook Workbook Workbooks Worksheet Mac Now
"""

# Microsoft's pages on the events of Application (Excel) and of UserForm, and on ribbon callbacks.
EVENTS = {
    "Host_SheetChange": "ByVal Sh As Object, ByVal Target As Range",
    "Host_SheetSelectionChange": "ByVal Sh As Object, ByVal Target As Range",
    "Host_SheetActivate": "ByVal Sh As Object",
    "Host_WorkbookActivate": "ByVal Wb As Workbook",
    "Host_WorkbookDeactivate": "ByVal Wb As Workbook",
    "Host_WorkbookOpen": "ByVal Wb As Workbook",
    "Host_WorkbookBeforeSave": "ByVal Wb As Workbook, ByVal SaveAsUI As Boolean, Cancel As Boolean",
    "Host_WorkbookAfterSave": "ByVal Wb As Workbook, ByVal Success As Boolean",
    "UserForm_Initialize": "",
    "UserForm_QueryClose": "Cancel As Integer, CloseMode As Integer",
    "Severity_Change": "",
    "Found_Click": "",
    "Found_DblClick": "ByVal Cancel As MSForms.ReturnBoolean",
}
CALLED_WITH = {
    "onLoad": "ribbon As IRibbonUI",
    "onAction": "control As IRibbonControl",
    "getLabel": "control As IRibbonControl, ByRef returnedVal",
    "getEnabled": "control As IRibbonControl, ByRef returnedVal",
}

_HEAD = re.compile(
    r"(?m)^(Public |Private )?(Sub|Function) (\w+)\(((?:[^()]|\(\))*)\)(?: As [\w.]+)?(?:$|:)",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"(\w+)(?:\(\))?(?: As (?:New )?[\w.]+)?(?: = .*)?\Z")


def plain(text: str) -> str:
    """The code without texts, comments, attributes and broken lines."""
    text = re.sub(r'"(?:[^"\n]|"")*"', '""', text)
    text = re.sub(r"(?m)'.*$", "", text).replace(" _\n", " ")
    return re.sub(r"(?m)^(Attribute|VERSION|BEGIN|END|  MultiUse|#).*$", "", text)


def names_in(declarations: str) -> set[str]:
    found = set()
    for one in declarations.split(","):
        words = re.sub(r"\b(Optional|ByVal|ByRef|WithEvents)\b", "", one).strip()
        if words and (match := _DECLARED.match(words)):
            found.add(match[1])
    return found


def declared(code: str) -> set[str]:
    """The names that Dim, Private, Const and labels give."""
    found = set(re.findall(r"(?m)^(\w+):$", code))
    for line in re.findall(
        r"(?m)^\s*(?:Dim|Private|Public)(?: Const)? (?!Sub|Function)(.+)$", code
    ):
        found |= names_in(line)
    return found


def procedures(code: str):
    """(name, parameters, body) of every procedure; ("", "", …) is what stands before the first."""
    heads = list(_HEAD.finditer(code))
    yield "", "", code[: heads[0].start()]
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        yield head[3], head[4], code[head.end() : after.start() if after else len(code)]


PUBLIC = {
    match[3]
    for text in MODULES.values()
    for match in _HEAD.finditer(text)
    if match[1] != "Private "
}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_within_the_limits_of_vba(name):
    text = MODULES[name]
    assert "\nOption Explicit\n" in text
    assert len(text) < 64_000
    lines = text.split("\n")
    assert max(map(len, lines)) <= 1_023
    whole = re.findall(r"(?:.* _\n)+", text)
    assert all(one.count("\n") <= 24 for one in whole)
    assert "PtrSafe" not in text and "LongPtr" not in text  # nothing that differs by 32 and 64 bits


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_name_is_declared_and_none_is_reserved(name):
    """A procedure of another module counts when it is public."""
    code = plain(MODULES[name])
    reserved = {word.casefold() for word in RESERVED.split()}
    own = {match[3] for match in _HEAD.finditer(code)}
    parts = list(procedures(code))
    shared = declared(parts[0][2])
    known = own | PUBLIC | shared | set(MODULES) | set(GIVEN.split())
    for procedure, parameters, body in parts[1:]:
        local = names_in(parameters) | declared(body)
        assert not {one for one in local | {procedure} if one.casefold() in reserved}, procedure
        there = {one.casefold() for one in known | local} | reserved
        used = set(re.findall(r"(?<![\w.#&])(?!\d)\w+(?!:=)", body))
        unknown = {one for one in used if one.casefold() not in there}
        assert not unknown, (procedure, unknown)


def test_the_check_would_see_a_name_that_is_nowhere():
    code = plain('Option Explicit\nPrivate Sub A(ByVal B As Long)\n    C = B & "D" \' E\nEnd Sub\n')
    ((_, _, _), (name, parameters, body)) = procedures(code)
    assert (name, names_in(parameters)) == ("A", {"B"})
    assert (
        {"C", "B"} <= set(re.findall(r"\w+", body)) and "D" not in body and "E\n" not in body[:30]
    )


def test_events_are_declared_as_excel_calls_them():
    found = {
        match[3]: match[4]
        for name in (*CLASSES, *WINDOWS)
        for match in _HEAD.finditer(MODULES[name])
    }
    assert found == EVENTS


def test_callbacks_are_declared_as_the_ribbon_calls_them():
    heads = {match[3]: match[4] for match in _HEAD.finditer(MODULES["ShikakuRibbon"])}
    wanted = {
        element.get(attribute): parameters
        for element in RIBBON
        for attribute, parameters in CALLED_WITH.items()
        if element.get(attribute)
    }
    assert heads == wanted
    named = {name for e in RIBBON for name in e.attrib if re.match("on[A-Z]|get[A-Z]|load", name)}
    assert named <= set(CALLED_WITH)


def test_the_window_is_let_go_while_it_closes():
    """Terminate comes when the last reference has gone, and ShikakuListing keeps one."""
    assert (
        "UserForm_Terminate"
        not in forms.parse((sources.folder("macros") / "FindingList.frm").read_text("ascii")).code
    )

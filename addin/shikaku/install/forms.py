"""A window of the add-in from its text: size, controls and code of a ``.frm`` file of macros/.

The text is Visual Basic's own form of such a file, but for the controls, which the editor keeps in
a binary file beside it: here they stand in the text, in points.
"""

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shikaku.system.errors import ShikakuError

if TYPE_CHECKING:
    from pyopenvba import ExcelFile

_FORM = re.compile(r"VERSION 5\.00\nBegin \S+ (\w+)\n(.*)End\n", re.DOTALL)
_CONTROL = re.compile(r"   Begin MSForms\.(\w+) (\w+)\n(.*?)   End\n", re.DOTALL)
_SIZE = re.compile(r"\s*(\w+)\s*=\s*(\d+)\n")
_NAMESPACE = uuid.UUID("6a0f0a53-6d3c-4c55-9b0e-51c1f3a1d0f6")
"""Ours, made once: what the editor would draw by lot is worked out from it and the form's name."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control. kind: MSForms' class without the library; left … height in points."""

    kind: str
    name: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Form:
    """A window. width, height in points; code: the module behind it, its attributes first."""

    name: str
    width: int
    height: int
    controls: tuple[Control, ...]
    code: str


def parse(text: str) -> Form:
    """The form in a ``.frm`` text (line ends \\n). Raises ShikakuError for one that isn't right."""
    design, mark, code = text.partition("Attribute VB_Name")
    found = _FORM.fullmatch(design)
    if not (found and mark):
        raise _wrong("Begin")
    controls = tuple(
        Control(kind, name, *_sizes(sizes, name, ("Left", "Top", "Width", "Height")))
        for kind, name, sizes in _CONTROL.findall(found[2])
    )
    width, height = _sizes(_CONTROL.sub("", found[2]), found[1], ("ClientWidth", "ClientHeight"))
    return Form(found[1], width, height, controls, mark + code)


def _sizes(lines: str, name: str, wanted: tuple[str, ...]) -> list[int]:
    """The sizes of these names, in their order, and no others. Raises ShikakuError."""
    given = dict(_SIZE.findall(lines))
    if set(given) != set(wanted) or _SIZE.sub("", lines):
        raise _wrong(name)
    return [int(given[key]) for key in wanted]


def add(host: "ExcelFile", form: Form) -> None:
    """Put a form into the VBA project of a file that is open in pyOpenVBA."""
    made = host.add_form(form.name, caption=form.name, width=form.width, height=form.height)
    for control in form.controls:
        made.add_control(
            control.kind,
            control.name,
            left=control.left,
            top=control.top,
            width=control.width,
            height=control.height,
        )
    host.set_module(form.name, code_in_project(form))


def code_in_project(form: Form) -> str:
    """The module as the project holds it: with its base, two numbers that the editor would draw
    by lot and that are the form's own here, so that the same text gives the same bytes."""
    one, other = (f"{{{uuid.uuid5(_NAMESPACE, form.name + part)}}}".upper() for part in "ab")
    first, _, rest = form.code.partition("\n")
    lines = [first, f'Attribute VB_Base = "0{one}{other}"', rest]
    text = "\n".join(lines).replace(
        "Attribute VB_Exposed = False\n",
        "Attribute VB_Exposed = False\nAttribute VB_TemplateDerived = False\n"
        "Attribute VB_Customizable = False\n",
    )
    return text.replace("\n", "\r\n")


def _wrong(what: str) -> ShikakuError:
    return ShikakuError(
        f"アドインの窓の定義が読めません({what})。", "macros/ の .frm を確かめてください。"
    )

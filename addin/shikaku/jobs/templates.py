"""The letter templates: what each may say, and whether they are right."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.fields import Field
from shikaku.system import resources

if TYPE_CHECKING:
    from shikaku.letters.template_check import Checked


def template_list() -> list[str]:
    """Every kind with its title, to whom, and the fields that its template may use."""
    labels = {"member": "加入者", "employer": "事業所", "insurer": "保険者"}
    out = []
    for kind in KINDS.values():
        out.append(f"■ {kind.kind}: {kind.title}({labels[kind.to]}あて)")
        for one in kind.fields:
            out.append(_field_line(one, "  "))
            out += [_field_line(item, f"    {one.name}. ") for item in one.items]
        out.append("")
    return out


def template_fields() -> list[dict[str, Any]]:
    """The same as objects: kind, title, to, fields (name, required, meaning, example, items)."""
    return [
        {
            "kind": kind.kind,
            "title": kind.title,
            "to": kind.to,
            "fields": [_field_object(one) for one in kind.fields],
        }
        for kind in KINDS.values()
    ]


def _field_object(one: Field) -> dict[str, Any]:
    return {
        "name": one.name,
        "required": one.required,
        "meaning": one.meaning,
        "example": one.example,
        "items": [_field_object(item) for item in one.items],
    }


def _field_line(one: Field, indent: str) -> str:
    needed = "【必須】" if one.required else ""
    example = f"(例: {one.example})" if one.example else ""
    return f"{indent}{one.name}{needed} … {one.meaning}{example}"


@dataclass
class TemplateCheckResult:
    """The result of ``templates check``: each template that was looked at, with its problems."""

    checked: "list[Checked]"

    @property
    def fine(self) -> bool:
        """No errors; warnings may be there."""
        return all(one.ok for one in self.checked)

    @property
    def exit_status(self) -> int:
        """1 with errors."""
        return 0 if self.fine else 1

    def to_json(self) -> dict:
        """How many templates, and every problem as an object."""
        problems = [
            {
                "template": one.path.name,
                "severity": problem.severity,
                "place": problem.where,
                "paragraph": problem.paragraph,
                "message": problem.message,
                "hint": problem.hint,
            }
            for one in self.checked
            for problem in one.problems
        ]
        return {"checked": len(self.checked), "problems": problems}

    def lines(self) -> list[str]:
        """The templates with their problems, then the count."""
        return [*(line for one in self.checked for line in one.lines()), self.summary()]

    def summary(self) -> str:
        """One sentence."""
        found = "誤りはありません" if self.fine else "誤りがあります"
        return f"ひな形 {len(self.checked)}種類を調べました。{found}。"


def template_check(folder: Path | None) -> TemplateCheckResult:
    """Check the templates of a folder (None: those that come with shikaku)."""
    from shikaku.letters import template_check as check

    return TemplateCheckResult(check.check(folder or resources.folder("templates"), KINDS))

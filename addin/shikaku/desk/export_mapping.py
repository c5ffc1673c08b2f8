"""The mapping of an export: which columns a file has, in which form; checked before anything is read."""

from dataclasses import dataclass, field
from pathlib import Path

from shikaku.desk.status_list import load_toml
from shikaku.model.schema import schema
from shikaku.system.errors import UsageError
from shikaku.system.resources import folder

SHEETS = ("acquisition", "dependants", "loss")

FORMS = {
    "text": ("as", "filing"),
    "name": ("as", "filing"),
    "address": ("as", "filing"),
    "kana": ("as", "full", "half"),
    "date": ("iso", "yyyymmdd", "slash", "era", "era_code"),
    "postal": ("as", "digits", "hyphen"),
}
"""Type of a column → the forms it may have, the usual one first."""


@dataclass(frozen=True)
class ColumnMap:
    """One column of a file. key: of the sheet; setting: of 設定; fixed: always the same text. One
    of the three. form: a form of the column's type; codes: key of the list → what is written."""

    heading: str
    key: str = ""
    setting: str = ""
    fixed: str = ""
    form: str = ""
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileMap:
    """One file. quote: minimal | all | never; newline: ``space`` puts a space for a line break
    inside a value, ``keep`` leaves it between quotation marks; formula: ``apostrophe`` in front of
    what a spreadsheet would calculate, or ``refuse``; header: whether headings come first."""

    sheet: str
    file: str
    columns: tuple[ColumnMap, ...]
    header: bool = True
    quote: str = "minimal"
    newline: str = "space"
    formula: str = "apostrophe"

    @property
    def has_numbers(self) -> bool:
        """Whether the mapping asks for 個人番号."""
        return any(column.key == "individual_number" for column in self.columns)


_CHOICES = {
    "quote": ("minimal", "all", "never"),
    "newline": ("space", "keep"),
    "formula": ("apostrophe", "refuse"),
}


def load(path: Path | None) -> list[FileMap]:
    """The files of a mapping, default the shipped one. Raises UsageError naming the entry."""
    path = path or folder("workbooks") / "export-mapping.toml"
    data = load_toml(path)
    maps = [_file_map(path.name, key, data[key]) for key in SHEETS if key in data]
    unknown = sorted(set(data) - set(SHEETS))
    if unknown or not maps:
        raise _wrong(path.name, "、".join(unknown) or " / ".join(SHEETS))
    if len({m.file.casefold() for m in maps}) < len(maps):  # one would be written over the other
        raise _wrong(path.name, f"[{maps[-1].sheet}] の file")
    return maps


def _wrong(name: str, place: str) -> UsageError:
    return UsageError(
        f"対応表「{name}」の {place} が正しくありません。",
        "添付の export-mapping.toml を写して直してください。",
    )


def _file_map(name: str, sheet: str, data: object) -> FileMap:
    if not isinstance(data, dict) or set(data) - {"file", "header", "columns", *_CHOICES}:
        raise _wrong(name, f"[{sheet}]")
    file = data.get("file", f"{schema().sheets[sheet].name}.csv")
    plain = isinstance(file, str) and Path(file).name == file and file.endswith(".csv")
    if not plain or file.startswith("."):
        raise _wrong(name, f"[{sheet}] の file")
    for key, allowed in _CHOICES.items():
        if data.get(key, allowed[0]) not in allowed:
            raise _wrong(name, f"[{sheet}] の {key}")
    items = data.get("columns")
    if not isinstance(items, list) or not items or not isinstance(data.get("header", True), bool):
        raise _wrong(name, f"[{sheet}] の columns")
    columns = tuple(_column(name, sheet, number, item) for number, item in enumerate(items, 1))
    options = {key: data[key] for key in ("header", *_CHOICES) if key in data}
    return FileMap(sheet, file, columns, **options)


def _column(name: str, sheet: str, number: int, item: object) -> ColumnMap:
    wrong = _wrong(name, f"[{sheet}] の columns の{number}番目")
    known = {"heading", "key", "setting", "fixed", "form", "codes"}
    if not isinstance(item, dict) or set(item) - known:
        raise wrong
    texts = all(isinstance(item.get(k, ""), str) for k in known - {"codes"})
    sources = sum(k in item for k in ("key", "setting", "fixed"))
    if not texts or not item.get("heading") or sources != 1:
        raise wrong
    column = ColumnMap(**{**item, "codes": item.get("codes", {})})
    if column.key:
        good = _takes(sheet, column)
    else:
        good = not column.form and not column.codes
        good = good and (not column.setting or column.setting in schema().settings)
    if not good:
        raise wrong
    return column


def _takes(sheet: str, column: ColumnMap) -> bool:
    """Whether the sheet has the column, and what it holds can have that form and those codes."""
    spec = (schema().sheets[sheet].columns | schema().sheets[sheet].extra).get(column.key)
    if spec is None or spec.type == "formula":
        return False
    if column.form and column.form not in FORMS.get(spec.type, FORMS["text"]):
        return False
    if not isinstance(column.codes, dict) or not all(
        isinstance(text, str) for text in column.codes.values()
    ):
        return False
    return set(column.codes) <= set(schema().lists.get(spec.list, {}))

"""Findings without the checks that make them."""

from shikaku.checks.catalogue import Finding, catalogue
from shikaku.model.schema import schema


def finding(
    sheet: str,
    row: int,
    column: str = "",
    severity: str | None = None,
    code: str = "RQ01",
    message: str | None = None,
) -> Finding:
    """A finding on a sheet key and column key ("": the row). severity: default the code's own;
    message: default names the column, with signs that XML must escape."""
    if severity is None:
        severity = next(check.severity for check in catalogue() if check.code == code)
    if message is None:
        message = f"「{_label(sheet, column) if column else ''}」を確認 <&\"'>"
    return Finding(code, severity, sheet, row, column, message, "直してください。", "規則24条")


def _label(sheet: str, column: str) -> str:
    spec = schema().sheets[sheet]
    labels = schema().settings if sheet == "settings" else {**spec.columns, **spec.extra}
    return labels[column].label

"""Where a report may be written: never over a workbook of filings or one of its own inputs."""

from pathlib import Path

from shikaku.model.schema import schema
from shikaku.system.errors import BookError, UsageError


def refuse_over(out: Path, ending: str, *inputs: Path | str) -> None:
    """Raise UsageError when a report can't have that name: another ending, a folder, one of the
    files that it is made from, or any workbook of filings. An older report gives way."""
    if out.suffix.lower() != ending:
        raise UsageError(
            f"「{out.name}」には作れません。", f"ファイル名の終わりを {ending} にしてください。"
        )
    if out.is_dir() or out.exists() and any(out.samefile(path) for path in inputs):
        raise UsageError(
            f"「{out.name}」はもとのファイルそのもの、またはフォルダーです。",
            "--report には別の名前を指定してください。",
        )
    if out.exists() and ending == ".xlsx" and _is_ours(out):
        raise UsageError(
            f"「{out.name}」は届出のブックです。", "--report には別の名前を指定してください。"
        )


def _is_ours(path: Path) -> bool:
    """Whether a file is a workbook with a sheet of ours."""
    from shikaku.ooxml.package import Package
    from shikaku.workbook.common_parts import Workbook

    try:
        tabs = {sheet.name for sheet in Workbook(Package.open(path)).sheets}
    except BookError:
        return False
    return bool(tabs & {spec.name for spec in schema().sheets.values()})

"""Filings as CSV files, or encrypted when a number goes along."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from shikaku.desk import csv_writing, export_mapping
from shikaku.desk.export import ExportResult, Filled, Filler, workbook
from shikaku.jobs.case import Case
from shikaku.system import encryption, passwords, saving, usage_log
from shikaku.system.errors import BookError, UsageError
from shikaku.system.reading import read_file
from shikaku.workbook.session import Session


def export(
    session: Session,
    out: Path,
    *,
    mapping: Path | None = None,
    encoding: str = "utf-8",
    password_file: Path | None = None,
    as_of: str | dt.date | None = None,
) -> ExportResult:
    """Write 資格取得届 and 資格喪失届 as CSV files by a mapping.

    out: the folder; encoding: utf-8 (with a BOM) | shift_jis (JIS X 0208). A mapping that asks for
    個人番号 needs ``password_file``: that file becomes an encrypted .xlsx. Raises UsageError and
    BookError.
    """
    out = Path(out)
    maps = export_mapping.load(mapping)
    secret = passwords.read(password_file) if password_file else None
    _refuse(out, maps, secret)
    case = Case.load(session, as_of)
    case.require_structure()
    filled = [Filler(m, case.book, encoding).fill() for m in maps]
    result = ExportResult(
        case.name, case.as_of, encoding, out, filled, password_given=secret is not None
    )
    sheets = {m.sheet for m in maps}
    result.errors = sum(1 for f in case.findings if f.severity == "error" and f.sheet in sheets)
    for item in filled:
        if not item.problems:
            result.files.append(_write_export(item, out, encoding, secret))
    rows = sum(count for _, count in result.files)
    usage_log.write("export", case.book.path, {"files": len(result.files), "rows": rows})
    return result


def _refuse(out: Path, maps: Sequence[export_mapping.FileMap], secret: str | None) -> None:
    """Raise before anything is read: no folder, numbers without a password, a file in the way."""
    if out.exists() and not out.is_dir():
        raise UsageError(
            f"「{out.name}」はフォルダーではありません。",
            "--out には書き出し先のフォルダーを指定してください。",
        )
    if secret is None and any(m.has_numbers for m in maps):
        raise UsageError(
            "対応表が個人番号を求めていますが、パスワードがありません。",
            "個人番号を含むファイルは暗号化したブックにします。--password-file を指定するか、"
            "対応表から個人番号の列を外してください。",
        )
    for one in maps:
        _refuse_plain(_target(one, out))


def _target(file_map: export_mapping.FileMap, out: Path) -> Path:
    path = out / file_map.file
    return path.with_suffix(".xlsx") if file_map.has_numbers else path


def _refuse_plain(path: Path) -> None:
    """Raise BookError for a workbook that stands in the way: only an older export gives way."""
    if path.suffix == ".xlsx" and path.exists() and not encryption.is_sealed(read_file(path)):
        raise BookError(
            f"「{path.name}」はもうあり、書き出したファイルではありません。",
            "--out に別のフォルダーを指定するか、対応表の file を別の名前にしてください。",
        )


def _write_export(item: Filled, out: Path, encoding: str, secret: str | None) -> tuple[Path, int]:
    """Write one file; its path and how many rows it has."""
    count = len(item.rows) - item.map.header
    path = _target(item.map, out)
    if secret is None or not item.map.has_numbers:
        with saving.making(path) as draft:
            draft.write_bytes(
                csv_writing.encoded(item.rows, csv_writing.Dialect(encoding, item.map.quote))
            )
        return path, count
    plain = workbook(item)
    with saving.making(path) as draft:
        draft.write_bytes(encryption.seal(plain, secret))
        encryption.prove(draft, plain, secret, path.name)
    return path, count

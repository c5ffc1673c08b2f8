"""Filings as CSV files, or encrypted when a number goes along."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from shikaku.desk import csv_writing, export_mapping, plain_workbook
from shikaku.desk.export import ExportResult, Filled, Filler, target, workbook
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
    form: str = "csv",
    password_file: Path | None = None,
    as_of: str | dt.date | None = None,
) -> ExportResult:
    """Write the three filings as files by a mapping.

    out: the folder; encoding: utf-8 (with a BOM) | shift_jis (JIS X 0208); form: csv | xlsx, a
    plain workbook of text cells. A mapping that asks for
    個人番号 needs ``password_file``: that file becomes an encrypted .xlsx. Raises UsageError and
    BookError.
    """
    out = Path(out)
    maps = export_mapping.load(mapping)
    secret = passwords.read(password_file) if password_file else None
    _refuse(out, maps, secret, form)
    case = Case.load(session, as_of)
    case.require_structure()
    filled = [Filler(m, case.book, encoding, form == "xlsx").fill() for m in maps]
    result = ExportResult(
        case.name, case.as_of, encoding, form, out, filled, password_given=secret is not None
    )
    sheets = {m.sheet for m in maps}
    result.errors = sum(1 for f in case.findings if f.severity == "error" and f.sheet in sheets)
    for item in filled:
        if not item.problems:
            result.files.append(_write_export(item, target(item.map, out, form), encoding, secret))
    rows = sum(count for _, count in result.files)
    usage_log.write("export", case.book.path, {"files": len(result.files), "rows": rows})
    return result


def _refuse(
    out: Path, maps: Sequence[export_mapping.FileMap], secret: str | None, form: str
) -> None:
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
        _refuse_plain(target(one, out, form), one.has_numbers)


def _refuse_plain(path: Path, encrypted: bool) -> None:
    """Raise BookError for a workbook that stands in the way: only an older export gives way."""
    if path.suffix != ".xlsx" or not path.exists():
        return
    data = read_file(path)
    if not (encryption.is_sealed(data) if encrypted else plain_workbook.is_plain(data)):
        raise BookError(
            f"「{path.name}」はもうあり、書き出したファイルではありません。",
            "--out に別のフォルダーを指定するか、対応表の file を別の名前にしてください。",
        )


def _write_export(item: Filled, path: Path, encoding: str, secret: str | None) -> tuple[Path, int]:
    """Write one file; its path and how many rows it has."""
    count = len(item.rows) - item.map.header
    if path.suffix == ".csv":
        dialect = csv_writing.Dialect(encoding, item.map.quote)
        data = csv_writing.encoded(item.rows, dialect)
    else:
        data = workbook(item)
    with saving.making(path) as draft:
        if item.map.has_numbers:
            assert secret is not None  # refused before anything was read
            draft.write_bytes(encryption.seal(data, secret))
            encryption.prove(draft, data, secret, path.name)
        else:
            draft.write_bytes(data)
    return path, count

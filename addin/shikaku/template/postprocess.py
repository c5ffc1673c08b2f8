"""What XlsxWriter can't write, put into the finished parts; and a package with the same bytes
each time. The parts are XlsxWriter's own, spelt in one way: patterns are exact here."""

import io
import re
import zipfile
from collections.abc import Mapping
from html import escape

from shikaku.template.date_formulas import STEPS

_PLACEHOLDER = re.compile(r"_xlfn\.\w+\.")
_STEP_NAME = re.compile(rf'<definedName name="(?:{"|".join(STEPS)})[^"]*"(?: localSheetId="\d+")?')
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def placeholder(name: str) -> str:
    """A short stand-in for a long formula that comes hundreds of times: XlsxWriter looks through
    every formula for functions to rename, which would take half a minute. ``_xlfn.`` stops that."""
    return f"=_xlfn.{name}."


def finish(
    package: bytes, modes: Mapping[int, Mapping[str, str]], formulas: Mapping[str, str]
) -> bytes:
    """The package with its long formulas and input modes in place, every date and order fixed.

    modes: sheet number (1-based, in the workbook's order) → range of a validation → Excel's
    ``imeMode``. formulas: name of a placeholder → formula, with its ``=``.
    """
    stands_for = {placeholder(n)[1:]: escape(f[1:], quote=False) for n, f in formulas.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if sheet or name.startswith("xl/tables/"):
                data = _PLACEHOLDER.sub(lambda m: stands_for[m[0]], data.decode()).encode()
            if sheet:
                data = _validations(data.decode(), modes.get(int(sheet[1]), {})).encode()
            if name == "xl/workbook.xml":
                data = _STEP_NAME.sub(r'\g<0> hidden="1"', data.decode()).encode()
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, data)
    return out.getvalue()


def _validations(xml: str, modes: Mapping[str, str]) -> str:
    def add(match: re.Match[str]) -> str:
        tag = match[0].replace(' promptTitle="" prompt=""', "")
        place = re.search(r'sqref="([^"]*)"', tag)
        mode = modes.get(place[1]) if place else None
        return tag.replace(" sqref=", f' imeMode="{mode}" sqref=') if mode else tag

    return re.sub(r"<dataValidation [^>]*>", add, xml)

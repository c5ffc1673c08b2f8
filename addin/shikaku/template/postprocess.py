"""What XlsxWriter can't write, put into the finished parts; and a package with the same bytes
each time. The parts are XlsxWriter's own, spelt in one way: patterns are exact here."""

import io
import re
import zipfile
from collections.abc import Mapping

from shikaku.template.date_formulas import STEPS

_STEP_NAME = re.compile(rf'<definedName name="(?:{"|".join(STEPS)})[^"]*"(?: localSheetId="\d+")?')
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def finish(package: bytes, modes: Mapping[int, Mapping[str, str]]) -> bytes:
    """The package with its input modes in place, every date and order fixed.

    modes: sheet number (1-based, in the workbook's order) → range of a validation → Excel's
    ``imeMode``.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
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

"""The add-in's file, made from text: the same bytes from the same sources, on every system."""

import io
import os
import struct
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from xlsxwriter.theme import THEME_XML_2007

from shikaku import __version__
from shikaku.install import forms, sources
from shikaku.install.texts import TEXTS
from shikaku.system import temporary_files
from shikaku.system.atomic import replacing
from shikaku.system.errors import ShikakuError

FILE_NAME = "shikaku.xlam"
CONF_SHEET = f"{sources.PROJECT}.conf"

_NO_CACHE = bytes.fromhex("CC61FFFF000000")
_PROJECT_VERSION, _TERMINATOR = 0x0009, 0x0010  # records of a dir stream
_COOKIES = (0x0013, 0x002C)  # of the project and of each module

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_APP = (
    "<Properties xmlns="
    '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Microsoft Excel</Application></Properties>"
)
# The version numbers are those of Excel 2013, the oldest one that the workbook's formulas know.
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<fileVersion appName="xl" lastEdited="6" lowestEdited="6" rupBuild="14420"/>'
    '<workbookPr codeName="ThisWorkbook" defaultThemeVersion="124226"/>'
    '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="12000" windowHeight="8000"/>'
    "</bookViews>"
    f'<sheets><sheet name="{CONF_SHEET}" sheetId="1" r:id="rId1"/></sheets>'
    '<calcPr calcId="152511"/></workbook>'
)
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Yu Gothic"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"'
    ' applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    '<dxfs count="0"/><tableStyles count="0" defaultTableStyle="TableStyleMedium9"'
    ' defaultPivotStyle="PivotStyleLight16"/></styleSheet>'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def build(out: Path | str | None = None, interpreter: str | None = None) -> Path:
    """Write the add-in and say where it is.

    out: the file (default: ``shikaku.xlam`` in the current folder), or a folder.
    interpreter: the python.exe that the buttons start (default: this environment's).
    Raises ShikakuError when xlwings isn't the expected one or the file can't be written.
    """
    path = Path(out) if out else Path(FILE_NAME)
    if path.is_dir():
        path /= FILE_NAME
    if path.suffix.lower() != ".xlam":
        raise ShikakuError(
            f"アドインのファイル名「{path.name}」の終わりが .xlam ではありません。",
            f"{path.stem}.xlam のように指定してください。",
        )
    content = build_bytes(interpreter)
    with replacing(path) as draft:
        draft.write_bytes(content)
    return path.resolve()


def build_bytes(interpreter: str | None = None) -> bytes:
    """The add-in as bytes; ``interpreter`` as in ``build``."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            ("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (
                "rId2",
                "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
                "customUI/customUI14.xml",
            ),
            ("rId3", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("rId4", f"{_OFFICE}/extended-properties", "docProps/app.xml"),
        ),
        "docProps/app.xml": _APP,
        "docProps/core.xml": _core(),
        "xl/workbook.xml": _WORKBOOK,
        "xl/_rels/workbook.xml.rels": _relationships(
            ("rId1", f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
            ("rId2", f"{_OFFICE}/theme", "theme/theme1.xml"),
            ("rId3", f"{_OFFICE}/styles", "styles.xml"),
            (
                "rId4",
                "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                "vbaProject.bin",
            ),
        ),
        "xl/worksheets/sheet1.xml": _conf_sheet(configuration(interpreter), TEXTS),
        "xl/theme/theme1.xml": THEME_XML_2007.encode(),
        "xl/styles.xml": _STYLES,
        "xl/vbaProject.bin": vba_project(),
        "customUI/customUI14.xml": sources.ribbon(),
    }
    return _zip(parts)


def _core() -> str:
    """What Excel shows in its list of add-ins: title and description."""
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>資格確認 (shikaku {__version__})</dc:title>"
        "<dc:description>健康保険の届出の検証、資格確認書の判定、通知書と返納管理"
        "</dc:description></cp:coreProperties>"
    )


def configuration(interpreter: str | None = None) -> dict[str, str]:
    """The settings sheet: which Python the buttons start (ShikakuRun.bas), and by which script
    on the Mac. ``SHIKAKU_VERSION`` and ``XLWINGS_VERSION`` are for ``addin status``.
    """
    python = interpreter or sys.executable
    return {
        "INTERPRETER_WIN": python,
        "INTERPRETER_MAC": python,
        "SCRIPT_MAC": sources.SCRIPT,
        "SHIKAKU_VERSION": __version__,
        "XLWINGS_VERSION": sources.xlwings_version(),
    }


def read_configuration(addin: Path) -> dict[str, str]:
    """The settings sheet of a built add-in, read without Excel; {} when it isn't one of ours."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        with zipfile.ZipFile(addin) as package:
            root = etree.fromstring(package.read("xl/worksheets/sheet1.xml"), parser)
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return {}
    found = {}
    for row in root.iter(f"{{{_MAIN}}}row"):
        texts = {
            str(cell.get("r")).rstrip("0123456789"): "".join(map(str, cell.itertext()))
            for cell in row
        }
        if "A" in texts:
            found[texts["A"]] = texts.get("B", "")
    return found


def vba_project() -> bytes:
    """The VBA project: ``ThisWorkbook`` and one sheet (``Sheet1``) without code, and the modules,
    classes and windows of macros/. Raises ShikakuError."""
    from pyopenvba import ExcelFile
    from pyopenvba.vba import VBAModuleKind

    with temporary_files.folder() as scratch:
        path = scratch / FILE_NAME
        with ExcelFile.create_new(path) as host:
            project = host.vba_project()
            project.delete_module("Module1")
            for module in project.modules:
                # Written anew, so that no compiled code of the template stays in the file.
                module.source = module.source
                module.dirty = True
            for name, text in sources.standard_modules().items():
                project.add_module(name, text)
            for name, text in sources.class_modules().items():
                project.add_module(name, text, kind=VBAModuleKind.other)
            for form in sources.windows():
                forms.add(host, form)
            problems = project.validate()
            if problems:
                raise ShikakuError(
                    f"VBAを組み立てられません({'; '.join(problems)})。",
                    "macros/ のモジュール名が重なっていないかを確かめてください。",
                )
            host.save(path)
        with zipfile.ZipFile(path) as package:
            return source_only(package.read("xl/vbaProject.bin"))


def source_only(content: bytes) -> bytes:
    """A project as [MS-OVBA] wants it from a writer that isn't Office: ``_VBA_PROJECT`` is its
    header alone (2.3.4.1: version FFFF, no cache of compiled code), the ``dir`` stream ends with its
    terminator (2.3.4.2), and its cookies are FFFF (2.3.4.2.3). pyOpenVBA leaves the template's version
    and cookies, zeros in the cache's place, and what its dir stream had behind the terminator."""
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import compress, decompress

    file = CFB.from_bytes(content)
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    records = decompress(file.get_stream_in_storage("VBA", "dir"))
    file.write_stream_in_storage("VBA", "dir", compress(_as_written_anew(records)))
    return file.to_bytes()


def _as_written_anew(records: bytes) -> bytes:
    """The records of a dir stream up to its terminator, without a cookie of the template's."""
    found, at, number = bytearray(), 0, 0
    while number != _TERMINATOR:
        number, size = struct.unpack_from("<HI", records, at)
        # PROJECTVERSION says 4 and has 6 bytes.
        end = at + 6 + (6 if number == _PROJECT_VERSION else size)
        found += records[at : at + 6] + b"\xff\xff" if number in _COOKIES else records[at:end]
        at = end
    return bytes(found)


def _conf_sheet(settings: dict[str, str], texts: dict[str, str]) -> str:
    """Settings in columns A and B (where xlwings looks), sentences in D and E."""
    rows = []
    for number in range(max(len(settings), len(texts))):
        cells = ""
        for columns, pairs in (("AB", settings), ("DE", texts)):
            if number < len(pairs):
                for column, text in zip(columns, list(pairs.items())[number], strict=True):
                    cells += _cell(f"{column}{number + 1}", text)
        rows.append(f'<row r="{number + 1}">{cells}</row>')
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/>'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _cell(reference: str, text: str) -> str:
    if not text:
        return ""
    return (
        f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    )


def _content_types() -> str:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = {
        "xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        "xl/worksheets/sheet1.xml": f"{main}.worksheet+xml",
        "xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "xl/styles.xml": f"{main}.styles+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": (
            "application/vnd.openxmlformats-officedocument.extended-properties+xml"
        ),
    }
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/{part}" ContentType="{kind}"/>'
            for part, kind in overrides.items()
        )
        + "</Types>"
    )


def _relationships(*items: tuple[str, str, str]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="{i}" Type="{t}" Target="{to}"/>' for i, t, to in items)
        + "</Relationships>"
    )


def _zip(parts: dict[str, str | bytes]) -> bytes:
    """The parts as a package without a clock in it. Stored, not deflated: compressors differ from
    system to system, and the bytes must not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            if isinstance(content, str):
                content = (_DECLARATION + content).encode()
            package.writestr(info, content)
    return buffer.getvalue()


def default_folder() -> Path:
    """Where ``install`` leaves the file when there is no Excel on the system."""
    import platformdirs

    return Path(os.environ.get("SHIKAKU_DATA_DIR") or platformdirs.user_data_path("shikaku", False))

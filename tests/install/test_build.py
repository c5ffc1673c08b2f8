"""The add-in's file: what is in it, held against its sources and against the file formats."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import office
import pytest
from lxml import etree
from oletools.olevba import VBA_Parser
from shikaku.install import build, build_bytes, forms, sources
from shikaku.install.build import configuration, read_configuration
from shikaku.install.texts import TEXTS
from shikaku.system.errors import ShikakuError
from xlengine import vbaproject

MACROS = sources.folder("macros")
PYTHON = r"C:\社内 ツール\A&B\python.exe"
CLASS = "{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture(scope="module")
def addin(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("addin") / "shikaku.xlam", PYTHON)


@pytest.fixture(scope="module")
def parts(addin) -> dict[str, bytes]:
    with zipfile.ZipFile(addin) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="module")
def project(parts) -> vbaproject.VbaFile:
    return vbaproject.read(parts["xl/vbaProject.bin"])


def test_the_same_sources_give_the_same_bytes(addin):
    assert build_bytes(PYTHON) == addin.read_bytes()


def test_line_ends_of_a_checkout_make_no_difference(addin, tmp_path, monkeypatch):
    """git on Windows may give text files CRLF."""
    original = sources.folder

    def with_crlf(name):
        target = tmp_path / name
        if target.exists():
            return target
        shutil.copytree(original(name), target, ignore=lambda *_: {"shikaku"})
        for path in target.glob("*.*"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        return target

    monkeypatch.setattr(sources, "folder", with_crlf)
    assert build_bytes(PYTHON) == addin.read_bytes()


def test_another_interpreter_changes_only_the_settings_sheet(addin, parts):
    with zipfile.ZipFile(io.BytesIO(build_bytes("/usr/bin/python3"))) as other:
        changed = [name for name in parts if other.read(name) != parts[name]]
    assert changed == ["xl/worksheets/sheet1.xml"]


def test_nothing_in_the_package_holds_the_time_or_the_builder(addin):
    with zipfile.ZipFile(addin) as package:
        for info in package.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.create_system == 0
            assert info.compress_type == zipfile.ZIP_STORED


def in_project(name: str) -> str:
    """A class as a project holds it: without the head of an export, with its base."""
    text = sources.class_modules()[name].partition("END\r\n")[2]
    first, end, rest = text.partition("\r\n")
    return f'{first}{end}Attribute VB_Base = "0{CLASS}"{end}{rest}'


def test_olevba_gives_back_the_sources_byte_for_byte(addin):
    expected = sources.standard_modules()
    expected |= {name: in_project(name) for name in sources.class_modules()}
    expected |= {form.name: forms.code_in_project(form) for form in sources.windows()}
    parser = VBA_Parser(str(addin))
    found = {path.split("/")[-1]: code for _, path, _, code in parser.extract_macros()}
    parser.close()
    for name, text in expected.items():
        assert found[name] == text, name
    assert set(found) - set(expected) == {"ThisWorkbook", "Sheet1"}


def test_our_modules_are_the_files_of_macros(project):
    texts = {m.name: m.text for m in project.modules}
    for path in MACROS.glob("*.bas"):
        assert texts[path.stem] == path.read_text("ascii").replace("\n", "\r\n")
    for path in (*MACROS.glob("*.cls"), *MACROS.glob("*.frm")):
        code = path.read_text("ascii").partition("Option Explicit")[2]
        assert texts[path.stem].endswith(code.replace("\n", "\r\n"))


def test_a_module_is_called_the_same_everywhere(project, parts):
    names = [m.name for m in project.modules]
    assert len(set(map(str.casefold, names))) == len(names)
    assert [m.unicode_name for m in project.modules] == names
    assert [m.stream for m in project.modules] == names
    assert [m.vb_name for m in project.modules] == names
    assert project.wm == [(name, name) for name in names]
    assert sorted(sum(project.declared.values(), [])) == sorted(names)
    assert sorted(project.workspace) == sorted(names)
    assert set(project.streams) == {*names, "dir", "_VBA_PROJECT"}
    assert all(len(name) <= 31 for name in names)
    assert project.project_name.casefold() not in map(str.casefold, names)


def test_kinds_agree_between_dir_and_project(project):
    standard = [m.name for m in project.modules if m.kind == "standard"]
    assert sorted(project.declared["Module"]) == sorted(standard)
    assert project.declared["Document"] == ["ThisWorkbook", "Sheet1"]
    assert project.declared["Class"] == ["ShikakuEvents"]
    assert project.declared["BaseClass"] == ["FindingList"]
    assert len(standard) + 4 == len(project.modules)


def test_code_names_tie_the_parts_to_their_modules(project, parts):
    book = etree.fromstring(parts["xl/workbook.xml"])
    sheet = etree.fromstring(parts["xl/worksheets/sheet1.xml"])
    assert book.find("x:workbookPr", NS).get("codeName") == project.declared["Document"][0]
    assert sheet.find("x:sheetPr", NS).get("codeName") == project.declared["Document"][1]
    assert [s.get("name") for s in book.iterfind("x:sheets/x:sheet", NS)] == ["shikaku.conf"]


def test_the_project_is_source_only_ascii_and_crlf(project):
    assert project.code_page == 1252
    # [MS-OVBA] 2.3.4.1: no cache of compiled code, so Office compiles the sources.
    assert project.version_stream == bytes.fromhex("CC61FFFF000000")
    assert project.behind_the_end == b""
    # 2.3.4.2.3: what a writer gives the project and each module.
    assert project.cookies == [b"\xff\xff"] * (1 + len(project.modules))
    for module in project.modules:
        assert module.offset == 0, module.name
        assert module.raw.isascii(), module.name
        assert b"\n" not in module.raw.replace(b"\r\n", b""), module.name
        assert len(re.findall(r"(?m)^Attribute VB_Name", module.text)) == 1


def test_the_project_is_neither_protected_nor_hidden(project):
    assert project.protection == {"CMG": b"\0\0\0\0", "DPB": b"\0", "GC": b"\xff"}


def test_class_and_document_modules_say_what_they_are(project):
    bases = {
        m.name: re.search(r'VB_Base = "(0[{}0-9A-F-]+)"', m.text)[1]
        for m in project.modules
        if m.kind == "other"
    }
    window = bases.pop("FindingList")
    assert re.fullmatch(r"0(\{[0-9A-F-]{36}\}){2}", window)
    assert bases == {
        "ShikakuEvents": f"0{CLASS}",
        "ThisWorkbook": "0{00020819-0000-0000-C000-000000000046}",
        "Sheet1": "0{00020820-0000-0000-C000-000000000046}",
    }


def test_the_office_library_is_there_for_the_callbacks_argument(project):
    assert "Office" in project.references
    assert "MSForms" in project.references  # the window's controls


def test_the_open_xml_sdk_finds_nothing_wrong(addin):
    assert office.validate(addin) == ""


def test_the_sdk_check_would_see_a_broken_ribbon(addin, tmp_path):
    broken = tmp_path / "broken.xlam"
    with zipfile.ZipFile(addin) as package, zipfile.ZipFile(broken, "w") as out:
        for name in package.namelist():
            content = package.read(name)
            if name.startswith("customUI"):
                content = content.replace(b' keytip="N"', b' keytipp="N"', 1)
            out.writestr(name, content)
    assert office.validate(broken)


def test_pyopenvba_finds_nothing_wrong(addin):
    from pyopenvba import check_file

    report = check_file(addin)
    assert not report.issues, [str(issue) for issue in report.issues]


def test_the_workbook_says_what_one_of_excels_says(parts):
    book = etree.fromstring(parts["xl/workbook.xml"])
    assert [etree.QName(node).localname for node in book] == [
        *("fileVersion", "workbookPr", "bookViews", "sheets", "calcPr")
    ]
    assert b"theme/theme1.xml" in parts["xl/_rels/workbook.xml.rels"]
    assert etree.fromstring(parts["xl/theme/theme1.xml"]) is not None


def test_no_windows_api_is_declared_and_no_workbook_asked_by_what_starts_python(project):
    """Rules against API calls of macros, and virus scanners, look for ``Declare``."""
    for module in project.modules:
        code = "\n".join(line.split("'")[0] for line in module.text.split("\r\n"))
        assert not re.search(r"(?im)^\s*(private |public )?declare\b", code), module.name
        shows = module.name in ("ShikakuFindings", "ShikakuListing", "ShikakuState")
        words = () if shows else ("ActiveWorkbook.",)
        for word in (*words, "LoadLibrary", ".dll", "Auto_Open", "Workbook_Open"):
            assert word not in code, (module.name, word)


def test_text_beyond_ascii_in_a_macro_stops_the_build(tmp_path, monkeypatch):
    (tmp_path / "Own.bas").write_text('Attribute VB_Name = "Own"\n\' 日本語\n', "utf-8")
    monkeypatch.setattr(sources, "folder", lambda _name: tmp_path)
    with pytest.raises(ShikakuError) as stop:
        sources.standard_modules()
    assert "Own.bas" in stop.value.message


# ------------------------------------------------------------------ the settings sheet


def test_the_settings_are_where_the_macro_looks(addin, parts):
    found = read_configuration(addin)
    assert found == configuration(PYTHON)
    assert found["INTERPRETER_WIN"] == PYTHON


def test_every_setting_that_the_macro_asks_for_is_on_its_sheet(project):
    text = next(m.text for m in project.modules if m.name == "ShikakuRun")
    asked = set(re.findall(r'SettingOf\("([^"]+)"', text))
    assert asked and asked <= set(configuration())


def test_the_sentences_are_where_our_macro_looks(parts, project):
    sheet = etree.fromstring(parts["xl/worksheets/sheet1.xml"])
    cells = {c.get("r"): "".join(c.itertext()) for c in sheet.iter(f"{{{NS['x']}}}c")}
    found = {}
    row = 1
    while f"D{row}" in cells:
        found[cells[f"D{row}"]] = cells[f"E{row}"]
        row += 1
    assert found == TEXTS
    text = "".join(module.text for module in project.modules)
    used = set(re.findall(r'(?:Say|TextOf|LabelOf|ColumnIn)\(?(?:First, |\s)?"(\w+)"', text))
    assert used == set(TEXTS)


def test_a_folder_is_a_place_too_and_a_wrong_ending_is_named(tmp_path):
    assert build(tmp_path).name == "shikaku.xlam"
    with pytest.raises(ShikakuError) as stop:
        build(tmp_path / "shikaku.xlsx")
    assert "shikaku.xlam" in stop.value.hint

"""Install, uninstall, status: file copies and comparisons, reported in Japanese. No Excel is started."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from shikaku import __version__
from shikaku.install import places, sources
from shikaku.install.build import (
    FILE_NAME,
    build,
    build_bytes,
    default_folder,
    read_configuration,
)
from shikaku.install.places import Place
from shikaku.system.errors import ShikakuError, cause


@dataclass
class InstallReport:
    """What was done or found. ``facts``: the same for programs; ``exit_status``: 0 fine, 1 not."""

    messages: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    exit_status: int = 0

    def lines(self) -> list[str]:
        """Japanese sentences, one a line."""
        return self.messages

    def to_json(self) -> dict:
        """The facts."""
        return self.facts


def install(where: Place | None = None) -> InstallReport:
    """Build the add-in for this environment and put it into Excel's start folder.

    Raises ShikakuError when Excel holds the file, when it can't be written, when Windows has put
    it elsewhere (Python from the Store), and on a system for which there is no Excel (the file is
    built all the same, and the message says where).
    """
    where = where or places.place()
    if where.addin is None:
        path = build(default_folder() / FILE_NAME)
        raise ShikakuError(
            "このシステムにはExcelがないため、アドインを組み込めません"
            "(Linux用のExcelはありません)。"
            f"アドインのファイルだけは作りました: {path}",
            "WindowsかMacで「shikaku addin install」を実行してください。"
            "このシステムではコマンド(shikaku check など)で同じ作業ができます。",
        )
    _put(where.addin, build_bytes())
    _refuse_redirected(where.addin)
    messages = [f"アドインを組み込みました: {where.addin}"]
    if where.scripts is not None:
        _remove_scripts(where.scripts)
        _put(where.scripts / sources.SCRIPT, sources.script())
        messages.append(f"ExcelからPythonを呼ぶスクリプトを置きました: {where.scripts}")
    messages.append(
        "Excelを開き直すと、リボンにタブ「資格確認」が出ます。"
        "取り除くときは「shikaku addin uninstall」です。"
    )
    return InstallReport(messages, {"addin": str(where.addin), "installed": True})


def uninstall(where: Place | None = None) -> InstallReport:
    """Take the add-in out of Excel's start folder; nothing else is touched.

    Raises ShikakuError when Excel holds the file.
    """
    where = where or places.place()
    if where.addin is None or not where.addin.exists():
        if where.scripts is not None:
            _remove_scripts(where.scripts)
        return InstallReport(["アドインは組み込まれていません。"], {"installed": False})
    try:
        where.addin.unlink()
    except OSError as error:
        raise _blocked(where.addin, error) from None
    if where.scripts is not None:
        _remove_scripts(where.scripts)
    return InstallReport(
        [f"アドインを取り除きました: {where.addin}", "Excelを開き直すと、タブが消えます。"],
        {"addin": str(where.addin), "installed": False},
    )


def status(where: Place | None = None) -> InstallReport:
    """What is installed, and whether it fits this package, this xlwings and this environment.

    facts: installed, current, addin (path), and the versions as ``package``, ``xlwings``,
    ``addin_package``, ``addin_xlwings``, ``interpreter``. exit_status 1: installed, but it must
    be installed anew.
    """
    where = where or places.place()
    facts: dict[str, object] = {
        "system": where.system,
        "addin": str(where.addin) if where.addin else None,
        "installed": bool(where.addin and where.addin.exists()),
        "package": __version__,
        "xlwings": sources.xlwings_version(),
    }
    messages = [f"shikaku {__version__}、xlwings {facts['xlwings']}"]
    if where.addin is None:
        messages.append(
            "このシステムにはExcelがないため、アドインは使えません(コマンドは使えます)。"
        )
        return InstallReport(messages, facts)
    if not facts["installed"]:
        messages.append(f"アドインは組み込まれていません({where.addin})。")
        messages.append("  → 組み込むには「shikaku addin install」を実行してください。")
        return InstallReport(messages, facts)
    found = read_configuration(where.addin)
    key = "INTERPRETER_MAC" if where.system == places.MAC else "INTERPRETER_WIN"
    facts |= {
        "addin_package": found.get("SHIKAKU_VERSION", ""),
        "addin_xlwings": found.get("XLWINGS_VERSION", ""),
        "interpreter": found.get(key, ""),
    }
    problems = _problems(where, facts)
    facts["current"] = not problems
    messages.append(f"アドイン: {where.addin}")
    messages.append(
        f"アドインの版: shikaku {facts['addin_package'] or '不明'}、"
        f"xlwings {facts['addin_xlwings'] or '不明'}"
    )
    messages.append(f"アドインが動かすPython: {facts['interpreter'] or '不明'}")
    if problems:
        messages += [f"・{text}" for text in problems]
        messages.append(
            "  → Excelを閉じて「shikaku addin install」を実行すると、作り直して入れ替えます。"
        )
        return InstallReport(messages, facts, 1)
    messages.append("アドインは最新です。")
    return InstallReport(messages, facts)


def examine(where: Place | None = None) -> list[tuple[str, str, str]]:
    """The add-in for ``doctor``: (ok | note | bad, topic, Japanese text)."""
    report = status(where)
    facts = report.facts
    topic = "Excelアドイン"
    if not facts["addin"]:
        return [("note", topic, "このシステムにはExcelがないため使えません")]
    if not facts["installed"]:
        return [("note", topic, "組み込まれていません(shikaku addin install で組み込めます)")]
    problems = [("bad", topic, text[1:]) for text in report.lines() if text.startswith("・")]
    return [*problems, ("bad" if problems else "ok", topic, str(facts["addin"]))]


def _problems(where: Place, facts: dict) -> list[str]:
    if not facts["addin_package"]:
        return ["このファイルはshikakuのアドインとして読めません。"]
    found = []
    for name, ours, theirs in (
        ("shikaku", facts["package"], facts["addin_package"]),
        ("xlwings", facts["xlwings"], facts["addin_xlwings"]),
    ):
        if ours != theirs:
            found.append(f"{name}の版が違います(入っている版 {ours}、アドインの版 {theirs})。")
    if not _same_python(str(facts["interpreter"])):
        missing = "" if Path(facts["interpreter"]).exists() else "(そのファイルはもうありません)"
        found.append(f"アドインが動かすPythonは、いまのPythonと違います{missing}。")
    if (
        not found
        and where.addin
        and where.addin.read_bytes() != build_bytes(str(facts["interpreter"]))
    ):
        found.append("アドインの内容が、入っているshikakuから作るものと違います。")
    if where.scripts is not None:
        script = where.scripts / sources.SCRIPT
        if not script.exists():
            found.append("ExcelからPythonを呼ぶスクリプトがありません。")
        elif script.read_bytes() != sources.script():
            found.append("ExcelからPythonを呼ぶスクリプトが、入っているshikakuのものと違います。")
    return found


def _same_python(interpreter: str) -> bool:
    """Whether it is the Python that runs this: ``python`` and ``python3`` of one environment are,
    those of two environments aren't, though all may lead to the same file."""
    one, other = Path(interpreter), Path(sys.executable)
    try:
        return one.samefile(other) and one.parent.samefile(other.parent)
    except OSError:
        return False


def _put(path: Path, content: bytes) -> None:
    """Write a file in one step. The new file waits one folder up: Excel opens whatever lies in
    its start folder, a half-written file too."""
    waiting = path.parent.parent / f"{path.name}.new"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(content)
        os.replace(waiting, path)
    except OSError as error:
        raise _blocked(path, error) from None
    finally:
        waiting.unlink(missing_ok=True)


def _refuse_redirected(path: Path) -> None:
    """Windows keeps what a Python from the Store writes into AppData in a folder of its own, where
    no other program sees it."""
    real = Path(os.path.realpath(path))
    if "LocalCache" in real.parts and "LocalCache" not in path.parts:
        path.unlink(missing_ok=True)
        raise ShikakuError(
            "Microsoft Store版のPythonからは、Excelの起動フォルダにファイルを置けません"
            f"(Windowsが「{real.parent}」に差し替え、Excelからは見えません)。",
            "python.org か会社の配布するPythonに、shikakuを入れ直してください。",
        )


def _remove_scripts(folder: Path) -> None:
    # Up to version 0.1 the name carried xlwings' version.
    for path in folder.glob(f"{sources.PROJECT}*.applescript"):
        path.unlink(missing_ok=True)


def _blocked(path: Path, error: OSError) -> ShikakuError:
    if isinstance(error, PermissionError):
        return ShikakuError(
            f"「{path}」を入れ替えられません。Excelが開いていて、このファイルを使っているようです。",
            "Excelをすべて閉じてから、もう一度実行してください。"
            "閉じても続くときは、フォルダへの書き込みが許されているかを確かめてください"
            "(Macでは「システム設定 > プライバシーとセキュリティ」で、ターミナルに"
            "「フルディスクアクセス」か「Appデータへのアクセス」を許可します)。",
        )
    free = shutil.disk_usage(Path.home()).free // 1_000_000
    return ShikakuError(
        f"「{path}」に書き込めません({cause(error)})。",
        f"フォルダの権限と空き容量(いま{free} MB)を確かめてください。",
    )

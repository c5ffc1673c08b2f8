"""The help page: made from the ribbon's own definition, so that it says what the buttons say.

A module beside ``ribbon``, since it changes with the page and not with what a button does, and a
button that makes no page should load no XML parser.
"""

import html
from pathlib import Path

from lxml import etree

from shikaku import __version__
from shikaku.install.build import default_folder
from shikaku.install.sources import ribbon
from shikaku.system import error_report

_SPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
_STEPS = (
    "「新規ブック」で届出のブックを作り、シート「設定」を記入します。",
    "「資格取得届」「被扶養者異動届」「資格喪失届」に、1人1行で入力します。",
    "「検証」を押し、色の付いたセルとシート「検証結果」を見て直します。",
    "「資格確認書の判定」で、誰に何が必要かを確かめます。",
    "「一括作成」で通知書を作り、「台帳更新」で返納の状況を最新にします。",
    "ブックは自動では保存されません。内容を確かめて保存してください(それまでは「元に戻す」で1回分を戻せます)。",
)


def page() -> str:
    """The page as HTML."""
    root = etree.fromstring(ribbon())
    rows = []
    for group in root.iter(f"{_SPACE}group"):
        rows.append(f'<tr><th colspan="2">{_safe(group.get("label"))}</th></tr>')
        for button in group.iter(f"{_SPACE}button", f"{_SPACE}menu"):
            text = " ".join(filter(None, (button.get("screentip"), button.get("supertip"))))
            rows.append(f"<tr><td>{_safe(_label(button))}</td><td>{_safe(text)}</td></tr>")
    menu = next(root.iter(f"{_SPACE}contextMenu"))  # the other ones offer the same
    rows.append('<tr><th colspan="2">セルか行番号を右クリック →「資格確認」</th></tr>')
    for button in menu.iter(f"{_SPACE}button"):
        cells = (_label(button), button.get("supertip"))
        rows.append("<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in cells) + "</tr>")
    steps = "".join(f"<li>{_safe(step)}</li>" for step in _STEPS)
    return (
        '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>資格確認 ヘルプ</title>'
        "<style>body{font-family:'BIZ UDPGothic','Yu Gothic',sans-serif;max-width:52em;"
        "margin:2em auto;line-height:1.7}table{border-collapse:collapse}th{text-align:left;"
        "background:#e8f0ee}td,th{border:1px solid #bbb;padding:.4em .8em;vertical-align:top}"
        "td:first-child{white-space:nowrap;font-weight:bold}</style>"
        f"<h1>タブ「資格確認」の使い方</h1><ol>{steps}</ol>"
        f"<h2>ボタン</h2><table>{''.join(rows)}</table>"
        f"<p>shikaku {_safe(__version__)}　記録ファイル: {_safe(str(error_report.path()))}</p></html>"
    )


def write() -> Path:
    """Put the page into the user's data folder and say where."""
    folder = default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "help.html"
    path.write_text(page(), "utf-8")
    return path


def _label(control: "etree._Element") -> str | None:
    """What a control is called; one whose label has a count says it in its tag."""
    return control.get("label") or control.get("tag")


def _safe(text: str | None) -> str:
    return html.escape(text or "")

"""The words of Tk's own dialogs in Japanese, where the system has none of its own (Linux).

Tk has no Japanese catalogue; Windows and Mac show dialogs of the system.
"""

import tkinter as tk

WORDS = {
    "&Yes": "はい(&Y)",
    "&No": "いいえ(&N)",
    "&OK": "OK",
    "&Cancel": "キャンセル(&C)",
    "&Open": "開く(&O)",
    "&Save": "保存(&S)",
    "Open": "開く",
    "Save As": "名前を付けて保存",
    "&Directory:": "フォルダ(&D):",
    "File &name:": "ファイル名(&N):",
    "File &names:": "ファイル名(&N):",
    "Files of &type:": "ファイルの種類(&T):",
    "&Selection:": "選択(&S):",
    "Show &Hidden Files and Directories": "隠れたファイルとフォルダも表示(&H)",
    "Show &Hidden Directories": "隠れたフォルダも表示(&H)",
    'File "%1$s"  does not exist.': "ファイル「%1$s」がありません。",
    'Directory "%1$s" does not exist.': "フォルダ「%1$s」がありません。",
    'Invalid file name "%1$s".': "ファイル名「%1$s」は使えません。",
    'Cannot change to the directory "%1$s".\nPermission denied.': "フォルダ「%1$s」を開く権限がありません。",
    'File "%1$s" already exists.\nDo you want to overwrite it?': "ファイル「%1$s」はもうあります。\n上書きしますか。",
}
"""What Tk says → what is shown; & stands before the key that goes with Alt."""


def translate(root: tk.Tk) -> None:
    """Give Tk the words, whatever the system's language is."""
    call = root.tk.call
    call("package", "require", "msgcat")
    call("msgcat::mclocale", "ja")
    for word, japanese in WORDS.items():
        call("namespace", "eval", "::tk", f"::msgcat::mcset ja {{{word}}} {{{japanese}}}")

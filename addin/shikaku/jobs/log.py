"""利用記録: who did what to which workbook, when and how many, for people to read."""

import datetime as dt
from dataclasses import dataclass

from shikaku.letters.catalogue import KINDS
from shikaku.model.schema import schema
from shikaku.system import usage_log

_COMMANDS = {
    "check": "検証",
    "tidy": "表記統一",
    "decide": "判定",
    "letters": "通知書の作成",
    "returns": "返納管理の更新",
    "remind": "返納の督促",
    "run": "まとめて実行",
    "submit": "提出用の写し",
    "collect": "届いたブックの取込",
    "status-import": "登録状況の取込",
    "export": "CSVへの書き出し",
    "enroll": "届出の台帳反映",
    "received": "返納の受付",
    "purge": "個人番号の消去",
    "restore": "控えからの復元",
    "upgrade": "様式の更新",
}
_COUNTS = {
    "rows": "行",
    "done": "済んだ件数",
    "files": "ファイル",
    "lines": "リストの行",
    "matched": "台帳と合った行",
    "left": "そのままにした行",
    "changes": "直すセル",
    "proposals": "統一できる表記",
    "due": "期限を過ぎた番号",
    "erased": "消去した番号",
    "letters": "通知書",
    "written": "書き込み",
}
_OUTCOMES = {"done": "完了", "failed": "中止"}


@dataclass
class Log:
    """The usage log, oldest entry first, as ``audit.entries`` gives it."""

    entries: list[dict]
    exit_status: int = 0

    def to_json(self) -> dict:
        """The entries as they stand in the file."""
        return {"entries": self.entries}

    def lines(self) -> list[str]:
        """One line an entry; counts of 0 are left out."""
        words = _words()
        return [_line(entry, words) for entry in self.entries] or ["利用記録はまだありません。"]


def log() -> Log:
    """The user's own log. A line that is broken is left out."""
    return Log(list(usage_log.entries()))


def _words() -> dict[str, str]:
    """What is counted → how it is called."""
    lists = schema().lists
    named = [lists[name] for name in ("severity", "certificate", "return_state", "receipt_state")]
    sheets = {key: spec.name for key, spec in schema().sheets.items()}
    kinds = {key: kind.title for key, kind in KINDS.items()}
    return {k: v for group in (*named, sheets, kinds, _COUNTS) for k, v in group.items()}


def _line(entry: dict, words: dict[str, str]) -> str:
    counts = entry.get("counts")
    counted = [
        f"{words.get(key, key)} {count}"
        for key, count in (counts.items() if isinstance(counts, dict) else ())
        if count
    ]
    what = str(entry.get("what", ""))
    parts = (
        _moment(entry.get("when")),
        entry.get("who", ""),
        f"{_COMMANDS.get(what, what)}({what})",
        "、".join(counted) or "該当なし",
        f"指紋 {str(entry.get('workbook', ''))[:12]}",
        _OUTCOMES.get(str(entry.get("outcome")), ""),
    )
    return "  ".join(str(part) for part in parts if part)


def _moment(text: object) -> str:
    """The moment in local time as the clock showed it, to the second."""
    try:
        return dt.datetime.fromisoformat(str(text)).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return ""

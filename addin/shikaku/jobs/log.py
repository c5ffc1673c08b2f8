"""利用記録: who did what to which workbook, when and how many, for people to read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shikaku.letters.catalogue import KINDS
from shikaku.model.schema import schema
from shikaku.system import usage_log
from shikaku.system.errors import UsageError
from shikaku.system.masking import bare

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
    "cards-import": "交付ずみの資格確認書の取込",
    "renewals": "更新の予定",
    "purge": "個人番号の消去",
    "import": "一覧の取込",
    "print": "今日の印刷",
    "labels": "宛名ラベル",
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
    "labels": "宛名",
    "written": "書き込み",
}
_OUTCOMES = {"done": "完了", "failed": "中止"}


BY = {"clerk": ("who",), "book": ("book", "file", "workbook")}
"""What the log may be summed up by → the keys of an entry, the first that says something."""


@dataclass
class Log:
    """The usage log, oldest entry first, as ``usage_log.entries`` gives it. by: a key of BY, "" for an
    entry a line."""

    entries: list[dict]
    by: str = ""
    exit_status: int = 0

    def to_json(self) -> dict:
        """The entries as they stand in the file, and the sums by clerk or book."""
        return {"entries": self.entries, "groups": self.groups()}

    def groups(self) -> list[dict]:
        """The sums, most runs first: of whom or what, how many runs of each command, what was
        counted, and the last moment. None without ``by``."""
        found: dict[str, list[dict]] = {}
        for entry in self.entries if self.by else ():
            values = (str(entry.get(key) or "") for key in BY[self.by])
            found.setdefault(next(filter(None, values), ""), []).append(entry)
        return [
            {
                "name": str(items[-1].get("file") or name) if self.by == "book" else name,
                "runs": len(items),
                "commands": dict(Counter(str(item.get("what", "")) for item in items)),
                "counts": _summed(items),
                "last": max(str(item.get("when", "")) for item in items),
            }
            for name, items in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        ]

    def lines(self) -> list[str]:
        """One line an entry, or a clerk or book; counts of 0 are left out."""
        words = _words()
        if self.by:
            out = [_group_line(group, words) for group in self.groups()]
        else:
            out = [_line(entry, words) for entry in self.entries]
        return out or ["利用記録はまだありません。"]


def log(by: str = "", shared: Path | None = None) -> Log:
    """The user's own log, or with ``shared`` the one in the office's folder. A line that is broken is
    left out. Raises UsageError: no such folder."""
    if shared is not None and not shared.is_dir():
        raise UsageError(
            f"「{bare(shared.name or str(shared))}」というフォルダーがありません。",
            "設定の「使用記録のフォルダ」に書いたフォルダーを指定してください。",
        )
    return Log(list(usage_log.entries(shared)), by)


def _summed(entries: Iterable[dict]) -> dict[str, int]:
    """The counts of several entries, added up."""
    total: Counter[str] = Counter()
    for entry in entries:
        counts = entry.get("counts")
        if isinstance(counts, dict):
            total.update({str(k): n for k, n in counts.items() if isinstance(n, int)})
    return {key: count for key, count in total.items() if count}


def _group_line(group: dict, words: dict[str, str]) -> str:
    runs = "、".join(
        f"{_COMMANDS.get(what, what)} {count}回" for what, count in group["commands"].items()
    )
    made = "、".join(
        f"{words[key]} {count}" for key, count in group["counts"].items() if key in words
    )
    parts = (group["name"], f"{group['runs']}回", f"最後 {_moment(group['last'])}", runs, made)
    return "  ".join(part for part in parts if part)


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
        str(entry.get("file", "")),
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

"""What the add-in says before Python runs: sentences for its own sheet (see ShikakuRun.bas)."""

from shikaku.model.schema import FILINGS, schema

_FINDINGS = schema().sheets["findings"]

TEXTS = {
    "title": "資格確認",
    "running": "資格確認: 処理しています。このままお待ちください…",
    "no_workbook": "ブックが開かれていません。\n"
    "届出のブックを開いてから、もう一度ボタンを押してください。\n"
    "新しく作るときは「新規ブック」を押してください。",
    "protected_view": "このブックは保護ビューで開かれています。\n"
    "上の黄色い帯の「編集を有効にする」を押してから、もう一度ボタンを押してください。\n"
    "送り主に心当たりのないブックは、有効にせずに閉じてください。",
    "no_interpreter": "shikakuを動かすPythonが見つかりません。\n"
    "shikakuを入れた場所が変わった可能性があります。\n"
    "コマンド「shikaku addin install」をもう一度実行し、Excelを開き直してください。",
    "not_started": "shikakuを開始できませんでした。ブックは変わっていません。\n"
    "会社のセキュリティ設定が、Officeから別のプログラムを動かすことを禁じている可能性があります。\n"
    "情報システム担当の方に、READMEの「情報システム担当の方へ」をお見せください。",
    "no_script": "ExcelからPythonを呼び出すスクリプトが見つからないか、動きませんでした。\n"
    "コマンド「shikaku addin install」をもう一度実行し、Excelを開き直してください。",
    "no_findings": "一覧に指摘がありません。\n先に「検証」を押してください。",
    "no_such_cell": "そのシートは、いまは表示されていないか、なくなっています。",
    "no_finding_here": "この行への指摘はありません(最後の検証のときの一覧によります)。",
    "more_in_list": "続きは「指摘の一覧」をご覧ください。",
    "python_failed": "shikakuが途中で止まりました。ブックは保存していません。\n"
    "コマンド「shikaku doctor」の表示を、情報システム担当の方にお見せください。",
    "label_stale": "結果は古い",
    "severity_all": "すべて",
    # What the macros look for in a workbook: names are the form's own.
    "findings_sheet": _FINDINGS.name,
    "settings_sheet": schema().sheets["settings"].name,
    "ledger_sheet": schema().sheets["ledger"].name,
    "output_sheets": "\t".join(s.name for s in schema().sheets.values() if s.role == "output"),
    "person_sheets": "\t".join(
        schema().sheets[key].name for key in ("members", *FILINGS, "decisions")
    ),
    "state_overdue": schema().lists["return_state"]["overdue"],
    "state_waiting": schema().lists["return_state"]["waiting"],
    **{f"severity_{key}": label for key, label in schema().lists["severity"].items()},
    "label_name": schema().sheets["members"].label("name"),
    **{
        f"label_{key}": _FINDINGS.label(key)
        for key in ("sheet", "row", "item", "severity", "message", "hint")
    },
}
"""Key (as in ShikakuRun.bas) → Japanese sentence."""

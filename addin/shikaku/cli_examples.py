"""What ``--help`` shows below the options of a command: an example, and a line on what comes out."""

EXAMPLES = {
    "": (
        "demo",
        "架空の人のブックと通知書(まず試すとき)。コマンドごとの説明は shikaku コマンド --help",
    ),
    "new": ("new 届出.xlsx", "空の届出用ブック。--sample なら架空の人の入ったブック"),
    "check": (
        "check 届出.xlsx --write",
        "検証項目ごとの一覧。--write ならシート「検証結果」とセルの印も",
    ),
    "upgrade": (
        "upgrade 届出.xlsx --out 届出_新様式.xlsx",
        "今の様式のブック。入力した内容はそのまま。--out なしなら元のブックを書き換え、restore で戻せる",
    ),
    "tidy": ("tidy 届出.xlsx --write", "統一できる表記の一覧(前 → 後)。--write ならブックにも書く"),
    "decide": (
        "decide 届出.xlsx --write",
        "1人1行の判定(交付・申請案内・確認・不要)とその理由。--write ならシート「資格確認書判定」にも",
    ),
    "letters": (
        "letters 届出.xlsx --out 通知書 --kind certificate",
        "種類ごとのフォルダにWordとPDF、一覧の index.csv。発行履歴にも記録する",
    ),
    "returns": (
        "returns 届出.xlsx --write",
        "返納管理の1件1行の状況。--write ならシート「返納管理」にも",
    ),
    "remind": (
        "remind 届出.xlsx --out 返納",
        "期日の来た返納のお願い・督促のWordとPDF。督促回数にも記録する",
    ),
    "print": ("print 保険者.xlsx --out 印刷", "用紙ごとに1つのPDFと、ページの一覧 print-index.csv"),
    "labels": (
        "labels 保険者.xlsx --out 宛名 --layout 12",
        "宛名ラベル labels.pdf と addresses.csv",
    ),
    "renewals": (
        "renewals 保険者.xlsx --within 90",
        "期限の近い人の事業所ごとの一覧と、新しい有効期限",
    ),
    "submit": (
        "submit 届出.xlsx --out 提出用.xlsx",
        "パスワードの掛かった写しと控え。エラーがあれば作らない(パスワードは2回尋ねる)",
    ),
    "collect": (
        "collect 届いたブック --out 保険者.xlsx --password-file パスワード.txt",
        "行ごとに元のファイルの分かる1つのブックと、受け付けた・受け付けなかったファイルの一覧",
    ),
    "enroll": (
        "enroll 保険者.xlsx --write",
        "加入者台帳に反映する行の一覧。--write なら台帳と届出に書く",
    ),
    "cards-import": (
        "cards-import 保険者.xlsx 発行一覧.csv --preview",
        "返納管理に加わる資格確認書の一覧。--preview では書かない",
    ),
    "received": (
        "received 保険者.xlsx 返納分.csv",
        "返納日を記入した管理番号と、見つからない・重なる番号の一覧",
    ),
    "purge": (
        "purge 保険者.xlsx --write",
        "保存期間を過ぎた個人番号の一覧。--write なら消去して記録を残す",
    ),
    "restore": (
        "restore 届出.xlsx --to 1",
        "指定なしなら控えの一覧、--to なら控えの内容に戻したブック",
    ),
    "status-import": (
        "status-import 保険者.xlsx 登録状況.csv --preview",
        "マイナ保険証の状況が変わる人の一覧。--preview を外すと加入者台帳に書く",
    ),
    "import": (
        "import 届出.xlsx 人事一覧.csv --sheet 資格取得届 --preview",
        "取り込む行と取り込まない行の一覧。--preview を外すとシートに書く",
    ),
    "export": (
        "export 保険者.xlsx --out 連携",
        "取得届・異動届・喪失届のCSV(--format xlsx なら文字だけのブック)",
    ),
    "run": (
        "run 届出.xlsx --out 結果",
        "検証・判定・通知書・返納管理・督促をまとめた結果と、そのファイル",
    ),
    "demo": ("demo --out 見本", "架空の人のブックと通知書、見るとよいファイルの名前"),
    "addin": ("addin install", "操作ごとの結果(shikaku addin 操作 --help)"),
    "addin build": ("addin build --out shikaku.xlam", "Excelアドインのファイル"),
    "addin install": ("addin install", "Excelの起動フォルダに置いたアドインの場所"),
    "addin uninstall": ("addin uninstall", "取り除いたアドインの場所"),
    "addin status": ("addin status", "アドインの版と、置いてあるかどうか"),
    "templates": ("templates check", "操作ごとの結果(shikaku templates 操作 --help)"),
    "templates list": ("templates list", "通知書の種類と、ひな形で使える項目の一覧"),
    "templates check": (
        "templates check --templates ひな形",
        "ひな形ごとに ○ か ×、その下に誤りの場所",
    ),
    "app": ("app 届出.xlsx", "検証・提出・通知書の作成ができる窓"),
    "schema": ("schema check", "そのコマンドの --json の形(JSON Schema)"),
    "log": ("log", "いつ、どのブックに何をしたかの記録(個人番号は含まない)"),
    "doctor": ("doctor", "入っているもの、使うPDFエンジン、足りないフォントの一覧"),
}
"""Command → (an example after ``shikaku``, what comes out)."""


def epilog(command: str) -> str:
    """The two lines below a command's options; "" for a command without an entry."""
    if command not in EXAMPLES:
        return ""
    example, comes_out = EXAMPLES[command]
    return f"例:\n  shikaku {example}\n出るもの:\n  {comes_out}"

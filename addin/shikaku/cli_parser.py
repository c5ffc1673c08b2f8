"""The command line's grammar: every command, its options, its help. No command is run here."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from shikaku import __version__, cli_examples

# argparse speaks English; these are the sentences of it that a user can meet.
_JAPANESE = {
    "usage: ": "使い方: ",
    "positional arguments": "対象",
    "options": "オプション",
    "show this help message and exit": "この説明を表示して終わる",
    "unrecognized arguments: %s": "知らない指定です: %s",
    "the following arguments are required: %s": "足りない指定があります: %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "expected one argument": "値が1つ必要です",
    "expected at least one argument": "値が1つ以上必要です",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r は選べません(%(choices)s から選ぶ)",
    "invalid %(type)s value: %(value)r": "%(value)r は数ではありません",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s は %(matches)s のどれか分かりません",
    "not allowed with argument %s": "%s と一緒には使えません",
    "one of the arguments %s is required": "%s のどれかが必要です",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
}


class Parser(argparse.ArgumentParser):
    """argparse in Japanese: a fault is one sentence and the way to the help, exit status 2."""

    def __init__(self, **more: Any):
        # A slip of the pen (--wri) is a wrong option, not --write.
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        from shikaku.system import terminal

        self.print_usage(sys.stderr)
        terminal.complain(
            [
                f"指定が正しくありません: {message}",
                f"  → 「{self.prog} --help」で使い方を確かめてください。",
            ]
        )
        raise SystemExit(2)


_AGAIN = "発行済みの人にも作り直す(その日に作ったファイルは置き換え、前の日のファイルは残す)"

Subparsers = argparse._SubParsersAction
"""What a command is added to; argparse has no public name for it."""


def parser() -> Parser:
    """The command line's grammar, with Japanese help for every command."""
    # The name by which argparse calls gettext; its type stubs do not know it.
    vars(argparse)["_"] = lambda text: _JAPANESE.get(text, text)
    top = Parser(
        prog="shikaku",
        description="健康保険の資格取得届・被扶養者異動届・資格喪失届の検証、資格確認書の判定、"
        "通知書の作成、返納の管理。",
    )
    top.add_argument(
        "--version", action="version", version=f"shikaku {__version__}", help="版を表示して終わる"
    )
    commands = top.add_subparsers(dest="command", metavar="コマンド", required=True)
    for group in (_employer, _documents, _paper, _desk, _lists, _whole, _tools):
        group(commands)
    for name, sub in (("", top), *every(top)):
        sub.epilog = cli_examples.epilog(name)
        sub.formatter_class = argparse.RawDescriptionHelpFormatter
    return top


def every(of: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, Parser]]:
    """(「addin build」, its parser) of every command, those that only have others below them too."""
    for action in of._actions:
        for word, sub in action.choices.items() if isinstance(action, Subparsers) else ():
            path = f"{name} {word}".strip()
            yield path, sub
            yield from every(sub, path)


def _parents(*, dated: bool) -> list[argparse.ArgumentParser]:
    """What every command takes: the day, so that a script may give it to all (some don't look at
    it), and JSON."""
    common = Parser(add_help=False)
    if dated:
        common.add_argument(
            "--as-of",
            metavar="日付",
            help="この日を今日として扱う(既定: 設定の基準日、なければ本日)",
        )
    else:
        common.add_argument("--as-of", help=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="結果をJSONで標準出力へ")
    return [common]


def _command(commands: Subparsers, name: str, text: str, *, book: bool = True) -> Parser:
    sub: Parser = commands.add_parser(
        name, help=text, description=text, parents=_parents(dated=True)
    )
    if book:
        sub.add_argument("book", metavar="BOOK", type=Path, help="届出のブック(.xlsx)")
    return sub


def _tool(where: Subparsers, name: str, text: str) -> Parser:
    sub: Parser = where.add_parser(name, help=text, description=text, parents=_parents(dated=False))
    return sub


def _out(sub: Parser, text: str, *, required: bool = True, metavar: str = "DIR") -> None:
    sub.add_argument("--out", metavar=metavar, type=Path, required=required, help=text)


def _write(sub: Parser, text: str) -> None:
    sub.add_argument("--write", action="store_true", help=text)


def _scale(sub: Parser) -> None:
    sub.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="Daskのクラスターで行う(スケジューラーのアドレス tcp://ホスト:8786、"
        "またはこのコンピューターのN個のプロセス local:N)",
    )
    sub.add_argument(
        "--members",
        metavar="FILE",
        type=Path,
        help="加入者台帳を、シートの代わりにこのファイル(CSV、Parquet)から読む(見出しはシートと同じ。行はファイルの行)",
    )


def _findings_report(sub: Parser) -> None:
    sub.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="検証結果を、セルへのリンクの付いた別のブック(.xlsx)にする",
    )


def letter_kind(text: str) -> str:
    """A value of ``--kind``, also as the desk calls it (督促). The kinds are the catalogue's, which is
    read only when asked."""
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.kind_names import kind_named

    kind = kind_named(text)
    if kind is None:
        known = ", ".join(f"{one.kind}({one.title})" for one in KINDS.values())
        raise argparse.ArgumentTypeError(f"{text!r} は選べません({known} から選ぶ)")
    return kind


def _employer(commands: Subparsers) -> None:
    """The employer's day: a new workbook, its check, one spelling, who needs what."""
    sub = _command(commands, "new", "届出用の新しいブックを作る")
    sub.add_argument("--sample", action="store_true", help="架空の人で一通りの例を入れる")
    sub.add_argument(
        "--protect",
        action="store_true",
        help="数式と見出しのセルをパスワードなしで保護する(用意した行より下へ表が伸びず、並べ替えや列の移動も"
        "できなくなる。解くときは「校閲」→「シート保護の解除」)",
    )

    sub.add_argument(
        "--rows",
        metavar="N",
        type=int,
        help="届出と返納管理に用意する行の数(既定は1ページ分の25行、--protect では500行。Excelでは表が自然に伸びる)",
    )

    sub = _command(commands, "check", "ブックを検証する", book=False)
    sub.add_argument("book", metavar="BOOK", type=Path, nargs="?", help="届出のブック(.xlsx)")
    _write(sub, "セルに印を付け、シート「検証結果」に書き込む")
    sub.add_argument("--list", action="store_true", help="検証項目の一覧を表示する")
    _findings_report(sub)
    _scale(sub)

    sub = _command(commands, "upgrade", "古い様式のブックを、今の様式にする")
    _out(
        sub,
        "別のファイルに作る(.xlsx。既定: そのブックを書き換える)",
        required=False,
        metavar="FILE",
    )

    sub = _command(commands, "tidy", "安全に統一できる表記を一覧にする")
    _write(sub, "統一した表記をブックに書き込む")

    sub = _command(commands, "decide", "資格確認書・資格情報のお知らせの要否を判定する")
    _write(sub, "シート「資格確認書判定」に書き込む")
    sub.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="判定の一覧をこのファイル(.csv、.parquet)に書き出す",
    )
    _scale(sub)


def _documents(commands: Subparsers) -> None:
    """Letters and the ledger of returns."""
    sub = _command(commands, "letters", "通知書をWordとPDFで一括作成する")
    _out(sub, "作成先のフォルダ")
    _letter_options(sub)
    sub.add_argument(
        "--kind", action="append", type=letter_kind, metavar="種類", help="通知書の種類(複数可)"
    )
    sub.add_argument("--per", choices=("person", "employer"), help="1人1通か、事業所ごとに1冊か")
    sub.add_argument("--again", action="store_true", help=_AGAIN)
    sub.add_argument(
        "--person",
        action="append",
        metavar="記号-番号-枝番",
        help="この人の分だけ作る(複数可。例: --person 1234-567-00)",
    )
    _scale(sub)

    sub = _command(commands, "returns", "返納管理を最新にする")
    _write(sub, "シート「返納管理」に書き込む")
    sub.add_argument("--report", metavar="FILE", type=Path, help="回収状況の報告書(.xlsx)を作る")

    sub = _command(commands, "remind", "期日の来た返納の依頼・督促を作る")
    _out(sub, "作成先のフォルダ")
    _letter_options(sub)
    sub.add_argument(
        "--kind",
        action="append",
        type=letter_kind,
        metavar="種類",
        help="返納の文書の種類(複数可。例: --kind 督促)",
    )


def _paper(commands: Subparsers) -> None:
    """The day's letters on paper: what is printed, what the envelopes say."""
    sub = _command(commands, "print", "今日の通知書を、配る順に並べた印刷用のPDFにする")
    _out(sub, "作成先のフォルダ(通知書を作ったフォルダ)")
    _letter_options(sub)
    sub.add_argument(
        "--kind", action="append", type=letter_kind, metavar="種類", help="通知書の種類(複数可)"
    )
    sub.add_argument("--again", action="store_true", help=_AGAIN)
    sub.add_argument(
        "--duplex", action="store_true", help="両面印刷用に、白紙を補って各通を表の面から始める"
    )
    sub.add_argument(
        "--nup",
        type=int,
        choices=(1, 2, 4),
        default=1,
        metavar="1|2|4",
        help="はがき大の資格確認書をA4に何枚並べるか(裁断の印付き。表と裏が交互。既定: 1=はがき)",
    )

    sub = _command(commands, "labels", "今日、自宅へ直送する通知書の宛名ラベルと住所の一覧を作る")
    _out(sub, "作成先のフォルダ")
    sub.add_argument(
        "--layout",
        type=int,
        choices=(12, 24),
        default=12,
        metavar="12|24",
        help="A4のラベル用紙の面数(12面 86.4×42.3mm、24面 66.0×33.9mm。既定: 12)",
    )
    sub.add_argument(
        "--start", type=int, default=1, metavar="N", help="1枚目の何番目のラベルから使うか(既定: 1)"
    )
    sub.add_argument("--pdf-a", action="store_true", help="保管用の形(PDF/A-2)のPDFにする")


def _desk(commands: Subparsers) -> None:
    """Whole files from one office to the other."""
    sub = _command(commands, "submit", "検証してから、保険者へ送る暗号化した写しを作る")
    _out(sub, "写しのファイル名(.xlsx)", metavar="FILE")
    sub.add_argument(
        "--password-file",
        metavar="F",
        type=Path,
        help="パスワードを1行目に書いたファイル(なければ画面で2回尋ねる)",
    )
    sub.add_argument("--allow-errors", action="store_true", help="エラーがあっても作る")

    sub = _command(commands, "collect", "多くの事業所のブックを1つにまとめる", book=False)
    sub.add_argument("folder", metavar="FOLDER", type=Path, help="届いたブックのフォルダ")
    _out(sub, "まとめ先のブック(.xlsx)", metavar="BOOK")
    sub.add_argument(
        "--password-file",
        metavar="F",
        type=Path,
        help="暗号化されたブックのパスワード(1行に1つずつ)",
    )
    sub.add_argument(
        "--accept", action="store_true", help="シート「差異」で「採用」とした行を取り込む"
    )

    sub = _command(commands, "enroll", "届け出ずみの届出を加入者台帳に反映する")
    _write(sub, "加入者台帳に書き込み、届出に反映日を記す")

    sub = _command(commands, "received", "戻ってきた資格確認書の管理番号から、返納日を記入する")
    sub.add_argument(
        "file", metavar="FILE", type=Path, help="管理番号の一覧(2列目に日付があればその日)"
    )

    sub = _command(
        commands,
        "renewals",
        "有効期限を迎える資格確認書を、新しい有効期限とともに事業所ごとに表示する",
    )
    sub.add_argument(
        "--within",
        metavar="DAYS",
        type=int,
        help="この日数のうちに期限を迎える人(既定: 設定の「資格確認書の更新の日数」)",
    )

    sub = _command(commands, "purge", "保存期間を過ぎた個人番号を消去する")
    _write(sub, "消去して、記録を残す")

    sub = _command(commands, "restore", "書き込む前の控えを一覧にし、番号の控えに戻す")
    which = sub.add_mutually_exclusive_group()
    which.add_argument(
        "--list", action="store_true", help="戻せる控えを新しい順に表示する(指定なしと同じ)"
    )
    which.add_argument("--to", metavar="N", type=int, help="N番の控えに戻す(1がいちばん新しいもの)")


def _lists(commands: Subparsers) -> None:
    """Lists of other systems in, filings as lists out."""
    sub = _command(commands, "status-import", "マイナ保険証の登録状況の一覧を加入者台帳に取り込む")
    sub.add_argument("file", metavar="FILE", type=Path, help="登録状況の一覧(CSV、.xlsx、.xls)")
    sub.add_argument("--mapping", metavar="F", type=Path, help="一覧の列の対応表(.toml)")
    sub.add_argument(
        "--report", metavar="FILE", type=Path, help="資格確認書の要否が変わる人の一覧(.csv)を作る"
    )
    sub.add_argument(
        "--preview", action="store_true", help="書き込まずに、変わるところだけを表示する"
    )

    sub = _command(
        commands,
        "cards-import",
        "ほかのシステムで交付した資格確認書を返納管理に取り込む(記号・番号・枝番と生年月日で照合)",
    )
    sub.add_argument("file", metavar="FILE", type=Path, help="交付の一覧(CSV、.xlsx、.xls)")
    sub.add_argument("--mapping", metavar="F", type=Path, help="一覧の見出しの対応表(.toml)")
    sub.add_argument(
        "--preview", action="store_true", help="書き込まずに、取り込む行だけを表示する"
    )

    sub = _command(commands, "import", "人事・基幹システムの一覧を届出か加入者台帳に取り込む")
    sub.add_argument("file", metavar="FILE", type=Path, help="一覧(CSV、.xlsx、.xls)")
    sub.add_argument("--sheet", metavar="SHEET", required=True, help="取り込み先のシート名")
    sub.add_argument("--mapping", metavar="F", type=Path, help="一覧の見出しの対応表(.toml)")
    sub.add_argument(
        "--preview", action="store_true", help="書き込まずに、取り込む行だけを表示する"
    )

    sub = _command(
        commands,
        "export",
        "取得届・異動届・喪失届をCSVかブックに書き出す(列は対応表で決める。KPFDや届書作成プログラムの形式ではない)",
    )
    _out(sub, "書き出し先のフォルダ")
    sub.add_argument("--mapping", metavar="F", type=Path, help="列の対応表(.toml)")
    sub.add_argument(
        "--encoding", choices=("utf-8", "shift_jis"), default="utf-8", help="文字コード"
    )
    sub.add_argument(
        "--format", choices=("csv", "xlsx"), default="csv", help="CSVか、文字だけのブックか"
    )
    sub.add_argument(
        "--password-file",
        metavar="F",
        type=Path,
        help="対応表が個人番号を求めるとき、そのファイルに掛けるパスワード",
    )


def _whole(commands: Subparsers) -> None:
    """Everything in one go."""
    sub = _command(commands, "run", "検証・判定・通知書・返納管理をまとめて行う")
    _out(sub, "作成先のフォルダ")
    _letter_options(sub)
    sub.add_argument("--again", action="store_true", help=_AGAIN)
    _findings_report(sub)
    _scale(sub)

    sub = _command(commands, "demo", "架空の例でひととおり動かす", book=False)
    _out(sub, "作成先のフォルダ(既定: shikaku-demo)", required=False)
    _letter_options(sub)


def _tools(commands: Subparsers) -> None:
    """The add-in, the templates, and what is installed here."""
    sub = commands.add_parser("addin", help="Excelアドイン", description="Excelアドイン")
    actions = sub.add_subparsers(dest="action", metavar="操作", required=True)
    for name, text in (
        ("build", "アドインのファイルを組み立てる(Excelは不要)"),
        ("install", "アドインをExcelの起動フォルダに置く"),
        ("uninstall", "アドインを取り除く"),
        ("status", "アドインの状態と版を調べる"),
    ):
        action = _tool(actions, name, text)
        if name == "build":
            _out(action, "アドインのファイル名", required=False, metavar="FILE")

    sub = commands.add_parser("templates", help="通知書のひな形", description="通知書のひな形")
    actions = sub.add_subparsers(dest="action", metavar="操作", required=True)
    for name, text in (
        ("list", "ひな形の種類と、使える差し込み項目を表示する"),
        ("check", "ひな形の誤り(知らない項目など)を調べる"),
    ):
        action = _tool(actions, name, text)
        action.add_argument("--templates", metavar="DIR", type=Path, help="自分のひな形のフォルダ")

    sub = _tool(commands, "app", "ターミナルを使わない人のための窓を開く")
    sub.add_argument("book", metavar="BOOK", type=Path, nargs="?", help="開くブック(.xlsx)")
    sub.add_argument("--shortcut", action="store_true", help="窓を開くアイコンをデスクトップに置く")

    sub = _tool(commands, "schema", "コマンドの --json の形(JSON Schema)を表示する")
    # Not "command": that name is the parsed command's own.
    sub.add_argument("of", metavar="COMMAND", help="コマンドの名前(check、decide など)")
    sub = _tool(commands, "log", "利用記録を表示する")
    sub.add_argument(
        "--by", choices=("clerk", "book"), default="", help="担当者(clerk)かブック(book)ごとの集計"
    )
    sub.add_argument(
        "--folder", metavar="FOLDER", type=Path, help="係の全員の使用記録を集めた共有フォルダ"
    )
    _tool(commands, "doctor", "動作環境(PDFエンジン、フォント、Excel)を調べる")


def _letter_options(sub: Parser) -> None:
    sub.add_argument(
        "--format", default="docx,pdf", metavar="docx,pdf", help="作る形式(既定: docx,pdf)"
    )
    sub.add_argument(
        "--pdf-engine",
        choices=("auto", "word", "libreoffice", "embedded"),
        default="auto",
        help="PDFを作る方法(既定: auto)",
    )
    sub.add_argument("--templates", metavar="DIR", type=Path, help="自分のひな形のフォルダ")
    sub.add_argument("--password-file", metavar="F", type=Path, help="PDFに掛けるパスワード")
    sub.add_argument(
        "--pdf-a",
        action="store_true",
        help="保管用の形(PDF/A-2)のPDFにする(組み込みのエンジンだけ。パスワードとは一緒に使えない)",
    )

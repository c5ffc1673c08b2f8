"""The command ``shikaku``: arguments in, a job's result out. All rules live behind ``jobs``."""

import argparse
import json
import os
import sys
from pathlib import Path

from shikaku import __version__
from shikaku.system.errors import ShikakuError

LETTER_KINDS = (
    "notice-digits",
    "notice",
    "certificate",
    "certificate-cover",
    "distribution",
    "status-check",
    "application-guide",
    "mynumber-request",
    "late-filing",
    "return-request",
    "return-reminder",
    "return-final",
    "return-loss",
)

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
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s は %(matches)s のどれか分かりません",
    "not allowed with argument %s": "%s と一緒には使えません",
    "one of the arguments %s is required": "%s のどれかが必要です",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
}


class _Parser(argparse.ArgumentParser):
    def __init__(self, **more):
        # A slip of the pen (--wri) is a wrong option, not --write.
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str):
        self.print_usage(sys.stderr)
        _complain(f"指定が正しくありません: {message}")
        print(f"  → 「{self.prog} --help」で使い方を確かめてください。", file=sys.stderr)
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    """The command line's grammar, with Japanese help for every command."""
    argparse._ = lambda text: _JAPANESE.get(text, text)
    top = _Parser(
        prog="shikaku",
        description="健康保険の資格取得届・被扶養者異動届・資格喪失届の検証、資格確認書の判定、"
        "通知書の作成、返納の管理。",
    )
    top.add_argument(
        "--version", action="version", version=f"shikaku {__version__}", help="版を表示して終わる"
    )
    commands = top.add_subparsers(dest="command", metavar="コマンド", required=True)

    json_output = _Parser(add_help=False)
    json_output.add_argument("--json", action="store_true", help="結果をJSONで標準出力へ")
    dated = _Parser(add_help=False)
    dated.add_argument(
        "--as-of", metavar="日付", help="この日を今日として扱う(既定: 設定の基準日、なければ本日)"
    )
    # Every command takes the day, so that a script may give it to all; these don't look at it.
    undated = _Parser(add_help=False)
    undated.add_argument("--as-of", help=argparse.SUPPRESS)

    def command(name: str, text: str, *, book: bool = True):
        sub = commands.add_parser(name, help=text, description=text, parents=[dated, json_output])
        if book:
            sub.add_argument("book", metavar="BOOK", type=Path, help="届出のブック(.xlsx)")
        return sub

    def tool(where, name: str, text: str):
        return where.add_parser(name, help=text, description=text, parents=[undated, json_output])

    def out(sub, text: str, *, required: bool = True, metavar: str = "DIR"):
        sub.add_argument("--out", metavar=metavar, type=Path, required=required, help=text)

    def write(sub, text: str):
        sub.add_argument("--write", action="store_true", help=text)

    sub = command("new", "届出用の新しいブックを作る")
    sub.add_argument("--sample", action="store_true", help="架空の人で一通りの例を入れる")
    sub.add_argument(
        "--protect",
        action="store_true",
        help="数式と見出しのセルをパスワードなしで保護する(用意した行より下へ表が伸びず、並べ替えや列の移動も"
        "できなくなる。解くときは「校閲」→「シート保護の解除」)",
    )

    sub = command("check", "ブックを検証する", book=False)
    sub.add_argument("book", metavar="BOOK", type=Path, nargs="?", help="届出のブック(.xlsx)")
    write(sub, "セルに印を付け、シート「検証結果」に書き込む")
    sub.add_argument("--list", action="store_true", help="検証項目の一覧を表示する")

    sub = command("tidy", "安全に統一できる表記を一覧にする")
    write(sub, "統一した表記をブックに書き込む")

    sub = command("decide", "資格確認書・資格情報のお知らせの要否を判定する")
    write(sub, "シート「資格確認書判定」に書き込む")

    sub = command("letters", "通知書をWordとPDFで一括作成する")
    out(sub, "作成先のフォルダ")
    _letter_options(sub)
    sub.add_argument(
        "--kind", action="append", choices=LETTER_KINDS, metavar="種類", help="通知書の種類(複数可)"
    )
    sub.add_argument("--per", choices=("person", "employer"), help="1人1通か、事業所ごとに1冊か")
    sub.add_argument("--again", action="store_true", help="発行済みの人にも作り直す")

    sub = command("returns", "返納管理を最新にする")
    write(sub, "シート「返納管理」に書き込む")
    sub.add_argument("--report", metavar="FILE", type=Path, help="回収状況の報告書(.xlsx)を作る")

    sub = command("remind", "期日の来た返納の依頼・督促を作る")
    out(sub, "作成先のフォルダ")
    _letter_options(sub)

    sub = command("submit", "検証してから、保険者へ送る暗号化した写しを作る")
    out(sub, "写しのファイル名(.xlsx)", metavar="FILE")
    sub.add_argument("--password-file", metavar="F", type=Path, required=True, help="パスワード")
    sub.add_argument("--allow-errors", action="store_true", help="エラーがあっても作る")

    sub = command("collect", "多くの事業所のブックを1つにまとめる", book=False)
    sub.add_argument("folder", metavar="FOLDER", type=Path, help="届いたブックのフォルダ")
    out(sub, "まとめ先のブック(.xlsx)", metavar="BOOK")
    sub.add_argument(
        "--password-file",
        metavar="F",
        type=Path,
        help="暗号化されたブックのパスワード(1行に1つずつ)",
    )

    sub = command("status-import", "マイナ保険証の登録状況(CSV)を加入者台帳に取り込む")
    sub.add_argument("file", metavar="FILE", type=Path, help="登録状況のCSV")
    sub.add_argument("--mapping", metavar="F", type=Path, help="CSVの列の対応表(.toml)")
    sub.add_argument(
        "--report", metavar="FILE", type=Path, help="資格確認書の要否が変わる人の一覧(.csv)を作る"
    )
    sub.add_argument(
        "--preview", action="store_true", help="書き込まずに、変わるところだけを表示する"
    )

    sub = command(
        "export",
        "取得届・喪失届をCSVに書き出す(列は対応表で決める。KPFDや届書作成プログラムの形式ではない)",
    )
    out(sub, "書き出し先のフォルダ")
    sub.add_argument("--mapping", metavar="F", type=Path, help="列の対応表(.toml)")
    sub.add_argument(
        "--encoding", choices=("utf-8", "shift_jis"), default="utf-8", help="文字コード"
    )
    sub.add_argument(
        "--password-file",
        metavar="F",
        type=Path,
        help="対応表が個人番号を求めるとき、そのファイルに掛けるパスワード",
    )

    sub = command("purge", "保存期間を過ぎた個人番号を消去する")
    write(sub, "消去して、記録を残す")

    sub = command("run", "検証・判定・通知書・返納管理をまとめて行う")
    out(sub, "作成先のフォルダ")
    _letter_options(sub)
    sub.add_argument("--again", action="store_true", help="発行済みの人にも作り直す")

    sub = command("demo", "架空の例でひととおり動かす", book=False)
    out(sub, "作成先のフォルダ(既定: shikaku-demo)", required=False)
    _letter_options(sub)

    sub = commands.add_parser("addin", help="Excelアドイン", description="Excelアドイン")
    actions = sub.add_subparsers(dest="action", metavar="操作", required=True)
    for name, text in (
        ("build", "アドインのファイルを組み立てる(Excelは不要)"),
        ("install", "アドインをExcelの起動フォルダに置く"),
        ("uninstall", "アドインを取り除く"),
        ("status", "アドインの状態と版を調べる"),
    ):
        action = tool(actions, name, text)
        if name == "build":
            out(action, "アドインのファイル名", required=False, metavar="FILE")

    sub = commands.add_parser("templates", help="通知書のひな形", description="通知書のひな形")
    actions = sub.add_subparsers(dest="action", metavar="操作", required=True)
    for name, text in (
        ("list", "ひな形の種類と、使える差し込み項目を表示する"),
        ("check", "ひな形の誤り(知らない項目など)を調べる"),
    ):
        action = tool(actions, name, text)
        action.add_argument("--templates", metavar="DIR", type=Path, help="自分のひな形のフォルダ")

    tool(commands, "log", "利用記録を表示する")
    tool(commands, "doctor", "動作環境(PDFエンジン、フォント、Excel)を調べる")
    return top


def _letter_options(sub) -> None:
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


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status of contract.md §3: 0, 1 or 2."""
    _speak_utf8()
    try:
        options = parser().parse_args(argv)
        from shikaku import commands
        from shikaku.system import temporary_files

        temporary_files.sweep()
        _refuse_no_day(options)
        result = commands.COMMANDS[options.command](options)
        _show(result, as_json=getattr(options, "json", False))
        return result.exit_status
    except ShikakuError as error:
        _complain(f"できませんでした: {error}")
    except KeyboardInterrupt:
        print(
            "\n中断しました。もう一度実行してください(通知書は残りから続けます)。", file=sys.stderr
        )
    except BrokenPipeError:  # `shikaku … | head`: nobody reads on, nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last line of defence: no traceback for users
        from shikaku.system import error_report

        _complain(f"できませんでした: {error_report.report(error)}")
    return 2


def _refuse_no_day(options: argparse.Namespace) -> None:
    """Raise UsageError for an ``--as-of`` that is no day, before anything is done, also where
    the command has no use for it."""
    if options.as_of is not None:
        from shikaku.jobs.case import day

        day(options.as_of)


def _show(result, *, as_json: bool) -> None:
    """The result, without the individual numbers that somebody has put into names and remarks."""
    from shikaku.fields import stray_number

    if as_json:
        data = stray_number.hidden(result.to_json())
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for line in result.lines():
            print(stray_number.hide(line))
    sys.stdout.flush()


def _complain(text: str) -> None:
    """An error, likewise: file names and options are quoted in it."""
    from shikaku.fields import stray_number

    print(stray_number.hide(text), file=sys.stderr)


def _speak_utf8() -> None:
    """Japanese on any console: a cp1252 or ASCII stream would stop at the first character."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # a scheduled task has no console: nobody listens
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
        if hasattr(stream, "reconfigure"):
            if encoding in ("utf8", "cp932", "shift_jis"):
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")

"""Letters to employers."""

from shikaku.letters.design.blocks import A4_LIST, TINT, Cell, Row, gap, p, repeat, table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    GRID,
    WIDTH,
    boxed,
    contact,
    ijo,
    ki,
    letterhead,
    title,
)


def list_table(
    columns: list[tuple[str, float, str, str]], expression: str, height: float = 8
) -> str:
    """A ruled list whose head repeats on each page.

    columns: heading, millimetres (0: the rest of the width), value, style of the value.
    """
    fixed = sum(width for _, width, _, _ in columns)
    widths = [width or round(WIDTH - fixed, 2) for _, width, _, _ in columns]
    head = Row(
        [Cell(name, style="CellHead", fill=TINT) for name, *_ in columns], height=8, header=True
    )
    row = Row([Cell(value, style=style) for _, _, value, style in columns], height=height)
    return table(widths, [head, *repeat(expression, row, len(columns))], borders=GRID)


def mynumber_request() -> bytes:
    """個人番号・記載内容の提出・訂正のお願い (R43–R45); never prints a number."""
    body = (
        letterhead()
        + title("個人番号・届書記載内容の提出・訂正のお願い")
        + p("拝啓　貴社ますますご清栄のこととお慶び申し上げます。", style="LetterPlain")
        + p(
            "平素より当組合の事業運営に格別のご協力を賜り、厚く御礼申し上げます。",
            style="LetterBody",
        )
        + p(
            "さて、ご提出の届書等を確認いたしましたところ、下記の方につきまして、"
            "個人番号（マイナンバー）の記載がない、または記載内容の確認が必要な箇所がございました。"
            "お手数ですが、**{{ reply_by }}まで**にご提出・ご訂正くださいますようお願い申し上げます。",
            style="LetterBody",
        )
        + p("敬具", style="LetterRight")
        + ki()
        + list_table(
            [
                ("No.", 9, "{{ row.no }}", "CellCentre"),
                ("届書・台帳", 32, "{{ row.place }}", "CellSmall"),
                ("記号-番号-枝番", 30, "{{ row.record }}", "CellSmallCentre"),
                ("氏名", 34, "{{ row.name }}", "Cell"),
                ("ご提出・ご訂正いただきたい内容", 0, "{{ row.request }}", "CellSmall"),
            ],
            "row in rows",
        )
        + gap(8)
        + boxed(
            "ご留意いただきたいこと",
            [
                p(
                    "・届書への個人番号の記載は法令で求められています。"
                    "正しい番号をお早めにご提出ください。",
                    style="BoxItem",
                ),
                p(
                    "・番号と氏名・カナ・生年月日・性別・住所がそろわない方は、"
                    "データの登録に相当の日数を要します（上表の方の登録完了の見込み：**{{ est_usable }}**）。"
                    "それまでマイナ保険証はお使いになれません。",
                    style="BoxItem",
                ),
                p(
                    "・その間に受診のご予定がある方には、資格確認書の交付を申請してください。",
                    style="BoxItem",
                ),
                p(
                    "・届出の期限は個人番号がそろうまで延びません。番号が手元にないときは、"
                    "理由を記入して届書を先にご提出ください。",
                    style="BoxItem",
                ),
                p(
                    "・個人番号は届書または暗号化したファイルでお送りください。"
                    "**この用紙や電子メールの本文には書かないでください。**",
                    style="BoxItem",
                ),
            ],
        )
        + ijo()
        + contact()
    )
    return document("個人番号・記載内容の提出・訂正のお願い", body, A4_LIST)

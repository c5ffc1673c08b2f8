"""The template of the sheet that goes along with a submission."""

from shikaku.letters.design.blocks import A4, TINT, TableCell, TableRow, gap, p, repeat, table, when
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import GRID, WIDTH, boxed, facts, title
from shikaku.letters.submission_receipt import RECEIPT


def build() -> bytes:
    """The bytes of the shipped template."""
    body = (
        p("{{ date }}", style="LetterRight")
        + gap(6)
        + title(RECEIPT.title)
        + p(
            "健康保険の届出を、暗号化したブックで送付します。内容は次のとおりです。",
            style="LetterBody",
        )
        + gap(6)
        + _about()
        + gap(10)
        + _sheets()
        + gap(8)
        + _errors_left()
        + boxed(
            "お取り扱い",
            [
                p("・パスワードは、このファイルとは別の方法でお伝えします。", style="BoxItem"),
                p(
                    "・受け取ったファイルの指紋が上の値と同じなら、途中で変わっていません。"
                    "違うときは開かずに送付元へお知らせください。",
                    style="BoxItem",
                ),
                p("・この送付票には、氏名と個人番号を記載していません。", style="BoxItem"),
            ],
        )
        + gap(10)
        + p("受領欄", style="LetterHeading")
        + gap(3)
        + _received()
    )
    return document(RECEIPT.title, body, A4)


def _about() -> str:
    """To whom, from whom, which file."""
    return facts(
        [
            ("送付先", "**{{ recipient }}** 御中"),
            (
                "送付元",
                "**{{ sender }}**{% if sender_symbol %}（事業所記号 {{ sender_symbol }}）{% endif %}",
            ),
            ("ファイル名", "{{ file }}"),
            ("大きさ・暗号", "{{ size }}　Officeのパスワード暗号化（AES-256）"),
            (
                "指紋（SHA-256）",
                [
                    p("{{ fingerprint_1 }}", style="Cell"),
                    p("{{ fingerprint_2 }}", style="Cell"),
                ],
            ),
            (
                "検証",
                "基準日 {{ checked_on }}　エラー {{ errors }}件・警告 {{ warnings }}件・情報 {{ infos }}件",
            ),
        ]
    )


def _sheets() -> str:
    """What the file holds, sheet by sheet."""
    head = ("シート", "件数", "エラー", "警告")
    widths = [WIDTH - 90, 30, 30, 30]
    columns = ("name", "rows", "errors", "warnings")
    styles = ("Cell", "CellCentre", "CellCentre", "CellCentre")
    return table(
        widths,
        [
            TableRow([TableCell(text, style="CellHead", fill=TINT) for text in head], height=8),
            *repeat(
                "sheet in sheets",
                TableRow(
                    [
                        TableCell(f"{{{{ sheet.{key} }}}}", style=style)
                        for key, style in zip(columns, styles, strict=True)
                    ],
                    height=7.5,
                ),
                4,
            ),
            TableRow(
                [
                    TableCell("合計", style="CellHead", fill=TINT),
                    *(
                        TableCell(f"**{{{{ {key} }}}}**", style="CellCentre")
                        for key in ("rows", "errors", "warnings")
                    ),
                ],
                height=8,
            ),
        ],
        borders=GRID,
    )


def _errors_left() -> str:
    """Said when the file goes out with errors in it."""
    return when(
        "has_errors",
        boxed(
            "エラーを残したまま送付しています",
            [
                p(
                    "・送付を急ぐなどの理由で、検証でエラーとなった行を含んでいます。"
                    "届出が差し戻されることがあります。",
                    style="BoxItem",
                )
            ],
            strong=True,
        )
        + gap(8),
    )


def _received() -> str:
    """The insurer's own line."""
    return table(
        [32, WIDTH / 2 - 32, 32, WIDTH / 2 - 32],
        [
            TableRow(
                [
                    TableCell("受領日", style="CellHead", fill=TINT),
                    TableCell("令和　　年　　月　　日", style="CellCentre"),
                    TableCell("指紋の照合", style="CellHead", fill=TINT),
                    TableCell("□ 一致　　□ 不一致", style="CellCentre"),
                ],
                height=11,
            )
        ],
        borders=GRID,
    )

"""送付票: the page that goes with a submitted file. What and how many, no person and no number.

The template is a Word file that users may edit (``templates/receipt/``); ``python -m
shikaku.desk.receipt`` writes the shipped one anew. It is not among the letters' thirteen kinds.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shikaku.fields import era_date
from shikaku.letters.model import Field, Kind
from shikaku.resources import folder

NAME = "submission-receipt"
TITLE = "届出ファイル送付票"

KIND = Kind(
    NAME,
    TITLE,
    "insurer",
    (
        Field("date", "送付日(曜日つき)", "令和8年4月15日(水)", required=True),
        Field("recipient", "送付先(保険者名)", "ひかり産業健康保険組合", required=True),
        Field("sender", "送付元(事業所名称)", "株式会社みほん製作所", required=True),
        Field("sender_symbol", "事業所記号", "1234"),
        Field("file", "ファイル名", "提出用_2026-04-15.xlsx", required=True),
        Field("size", "ファイルの大きさ", "248,832 バイト"),
        Field("fingerprint_1", "指紋(SHA-256)の前半", "0f1e 2d3c 4b5a 6978", required=True),
        Field("fingerprint_2", "指紋(SHA-256)の後半", "8796 a5b4 c3d2 e1f0", required=True),
        Field(
            "sheets",
            "シートごとの件数",
            required=True,
            items=(
                Field("name", "シート", "資格取得届", required=True),
                Field("rows", "件数", "12", required=True),
                Field("errors", "エラー", "0"),
                Field("warnings", "警告", "3"),
            ),
        ),
        Field("rows", "件数の合計", "20", required=True),
        Field("errors", "エラーの合計", "0", required=True),
        Field("warnings", "警告の合計", "4", required=True),
        Field("infos", "情報の合計", "1"),
        Field("checked_on", "検証の基準日", "令和8年4月15日"),
        Field("has_errors", "エラーを残したまま送るとき真", "はい"),
    ),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says. sheets: (name, rows, errors, warnings); fingerprint: 64 hex digits of
    the file that is sent; size: its bytes."""

    day: dt.date
    as_of: dt.date
    recipient: str
    sender: str
    sender_symbol: str
    file: str
    size: int
    fingerprint: str
    sheets: Sequence[tuple[str, int, int, int]]
    counts: dict[str, int]

    def context(self) -> dict:
        """The template's fields."""
        groups = [self.fingerprint[i : i + 4] for i in range(0, 64, 4)]
        keys = ("name", "rows", "errors", "warnings")
        return {
            "date": era_date.format(self.day, True),
            "recipient": self.recipient or "（設定に保険者名の記入なし）",
            "sender": self.sender or "（設定に事業所名称の記入なし）",
            "sender_symbol": self.sender_symbol,
            "file": self.file,
            "size": f"{self.size:,} バイト",
            "fingerprint_1": " ".join(groups[:8]),
            "fingerprint_2": " ".join(groups[8:]),
            "sheets": [dict(zip(keys, map(str, row), strict=True)) for row in self._rows()],
            "rows": str(sum(row[1] for row in self.sheets)),
            "errors": str(self.counts["error"]),
            "warnings": str(self.counts["warning"]),
            "infos": str(self.counts["info"]),
            "checked_on": era_date.format(self.as_of),
            "has_errors": bool(self.counts["error"]),
        }

    def _rows(self) -> list[tuple]:
        """The sheets, and a line for what was found elsewhere, so that the columns add up."""
        errors = self.counts["error"] - sum(row[2] for row in self.sheets)
        warnings = self.counts["warning"] - sum(row[3] for row in self.sheets)
        rest = [("設定・ほかのシート", "-", errors, warnings)] if errors or warnings else []
        return [*self.sheets, *rest]


def make(facts: Facts, templates: Path | None = None) -> tuple[bytes, bytes | None, str]:
    """(Word file, PDF or None, why there is no PDF). Raises TemplateError for a broken template.

    templates: the folder ``receipt`` to take the template from, default the shipped one.
    """
    from shikaku.errors import PdfError
    from shikaku.letters import pdf
    from shikaku.letters.pdf.base import Fault, Piece
    from shikaku.letters.pdf.finish import Finish
    from shikaku.letters.word import Template

    source = (templates or folder("templates") / "receipt") / f"{NAME}.docx"
    filled = Template(source, KIND).fill(facts.context())
    try:
        engine = pdf.engine("auto")
    except PdfError as error:
        return filled.docx, None, error.message
    try:
        piece = Piece(filled.docx, TITLE, filled.values, pages=1)
        (printed,) = engine.convert([piece], Finish(facts.day))
    except PdfError as error:
        return filled.docx, None, error.message
    finally:
        engine.close()
    if isinstance(printed, Fault):
        return filled.docx, None, printed.message
    return filled.docx, printed.pdf, ""


def build() -> bytes:
    """The bytes of the shipped template."""
    from shikaku.letters.design.blocks import A4, TINT, Cell, Row, gap, p, repeat, table, when
    from shikaku.letters.design.package import document
    from shikaku.letters.design.parts import GRID, WIDTH, boxed, facts, title

    head = ("シート", "件数", "エラー", "警告")
    widths = [WIDTH - 90, 30, 30, 30]
    columns = ("name", "rows", "errors", "warnings")
    styles = ("Cell", "CellCentre", "CellCentre", "CellCentre")
    sheets = table(
        widths,
        [
            Row([Cell(text, style="CellHead", fill=TINT) for text in head], height=8),
            *repeat(
                "sheet in sheets",
                Row(
                    [
                        Cell(f"{{{{ sheet.{key} }}}}", style=style)
                        for key, style in zip(columns, styles, strict=True)
                    ],
                    height=7.5,
                ),
                4,
            ),
            Row(
                [
                    Cell("合計", style="CellHead", fill=TINT),
                    *(
                        Cell(f"**{{{{ {key} }}}}**", style="CellCentre")
                        for key in ("rows", "errors", "warnings")
                    ),
                ],
                height=8,
            ),
        ],
        borders=GRID,
    )
    received = table(
        [32, WIDTH / 2 - 32, 32, WIDTH / 2 - 32],
        [
            Row(
                [
                    Cell("受領日", style="CellHead", fill=TINT),
                    Cell("令和　　年　　月　　日", style="CellCentre"),
                    Cell("指紋の照合", style="CellHead", fill=TINT),
                    Cell("□ 一致　　□ 不一致", style="CellCentre"),
                ],
                height=11,
            )
        ],
        borders=GRID,
    )
    body = (
        p("{{ date }}", style="LetterRight")
        + gap(6)
        + title(TITLE)
        + p(
            "健康保険の届出を、暗号化したブックで送付します。内容は次のとおりです。",
            style="LetterBody",
        )
        + gap(6)
        + facts(
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
        + gap(10)
        + sheets
        + gap(8)
        + when(
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
        + received
    )
    return document(TITLE, body, A4)


if __name__ == "__main__":
    target = folder("templates") / "receipt" / f"{NAME}.docx"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(build())
    print(target)

"""The fields of the page that goes with a submitted file (``desk.receipt``). It is made from a Word template
as letters are, but none of their kinds: nobody picks it, it goes to no member and into no history."""

from shikaku.letters.docx.fields import Field, Kind

RECEIPT = Kind(
    "submission-receipt",
    "届出ファイル送付票",
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
"""The page's title and fields."""

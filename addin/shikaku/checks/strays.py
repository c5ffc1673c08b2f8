"""MN17: an individual number in another column than its own."""

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import FILLED_IN, Context
from shikaku.fields import stray_number
from shikaku.model.schema import schema


@check(
    "MN17",
    "warning",
    columns=(),
    title="個人番号らしい12桁が別の欄にある",
    message="「{column}」に、個人番号らしい12桁の数字が入っています。一覧や文書には伏せて出します。",
    hint="個人番号なら、この欄から消して「{home}」の列に入力してください。"
    "ブックを見る人に番号が見えます。",
    source="番号法12条(安全管理措置)",
    elsewhere="「{column}」に、個人番号らしい12桁の数字が入っています。{sheet}には個人番号を置きません。",
    hint_elsewhere="個人番号なら、この欄から消してください。入力するのは、届出と加入者台帳の「{home}」の列だけです。",
)
def misplaced(context: Context) -> Hits:
    """Twelve digits with a check digit that fits, in any other cell that people type: what stands
    there goes into letters, lists and file names. An own column of the user isn't looked at."""
    home = schema().sheets["members"].label("individual_number")
    for sheet in FILLED_IN:
        spec = schema().sheets[sheet].columns
        variant = "" if "individual_number" in spec else "elsewhere"
        for key, own in spec.items():
            if key == "individual_number" or own.type == "formula":
                continue
            texts = context.texts(sheet, key)
            if max(map(len, texts), default=0) < stray_number.FEWEST:  # at a glance
                continue
            if own.type == "date":  # days are many of one kind
                texts = [cell.text for cell in context.cells(sheet, key)]
            if not stray_number.suspects(texts):
                continue
            for row, _ in context.each(sheet, key, lambda cell: cell.safe != cell.text):
                yield Hit(sheet, row.number, key, {"home": home}, variant=variant)
    for key, cell in context.book.settings.items():
        if stray_number.inside(cell.text):
            line = context.book.setting_rows.get(key, 0)
            yield Hit("settings", line, key, {"home": home}, variant="elsewhere")

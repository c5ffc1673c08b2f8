"""MN: 個人番号, looked at in the order of domain.md §4.2.

A fitting check digit proves the form only (「形式OK」). Nothing here is repaired, and no message
carries a digit: numbers are compared by a keyed hash under a key of this run that is kept nowhere.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import PEOPLE, Context, is_blank
from shikaku.fields.individual_number import Examined
from shikaku.law import retention
from shikaku.model.tables import BLANK, ERROR, Row

KEY = "individual_number"


class Numbers:
    """Every cell of 個人番号 examined once. Take it by ``context.once(Numbers)``.

    found: (row, Examined) of the cells with something in them, in sheet and row order.
    prints: (sheet key, row) → keyed hash, for numbers of twelve digits that are no dummy.
    """

    def __init__(self, context: Context):
        self.found: list[tuple[Row, Examined]] = []
        self.prints: dict[tuple[str, int], str] = {}
        self._wrong: dict[str, list[tuple[Row, Examined]]] = defaultdict(list)
        cells = chain.from_iterable(context.column(sheet, KEY) for sheet in PEOPLE)
        everybody = zip(context.with_people(*PEOPLE), context.examined(), cells, strict=True)
        for (row, person), examined, cell in everybody:
            if cell is BLANK or cell.blank or cell.kind == ERROR:
                continue
            self.found.append((row, examined))
            if examined.problem:
                self._wrong[examined.problem].append((row, examined))
            if person.number_mark:
                self.prints[row.sheet, row.number] = person.number_mark

    def problems(self, name: str) -> Iterator[tuple[Row, Examined]]:
        """(row, Examined) of the cells with that problem."""
        return iter(self._wrong.get(name, ()))


@check(
    "MN01",
    "error",
    columns=(KEY, "no_number_reason"),
    title="個人番号が空欄で、理由もない",
    message="個人番号が空欄で、「個人番号なしの理由」もありません。",
    hint="12桁の個人番号を入力してください。まだ受け取っていないときは、"
    "「個人番号なしの理由」で「後日提出」などを選び、届出は期限内に出してください。",
    source="R43・R45、健保則24条1項・38条1項",
)
def number_missing(context: Context) -> Hits:
    """A filing without number and reason, unless the number was due to be erased (健保則34条, 番号法
    20条). The loss filing goes by 記号・番号 (健保則29条); the register is MN16."""
    for row in _without(context, "acquisition", "dependants"):
        if not _erasable(context, row):
            yield Hit(row.sheet, row.number, KEY)


@check(
    "MN16",
    "info",
    columns=(KEY, "no_number_reason"),
    title="台帳に個人番号のない人",
    message="個人番号が空欄で、「個人番号なしの理由」もありません(台帳のほかの人には番号があります)。",
    hint="番号を台帳に残さない運用なら、このままでかまいません。"
    "登録が済んでいない人なら、番号を届け出てください。",
    source="R43・R45",
)
def gap_in_register(context: Context) -> Hits:
    """The register need not keep numbers: a gap among numbers is reported, never an empty column."""
    found = context.once(Numbers).found
    if any(row.sheet == "members" and examined.problem != "pending" for row, examined in found):
        for row in _without(context, "members"):
            if not _gone(context, row):
                yield Hit(row.sheet, row.number, KEY)


def _without(context: Context, *sheets: str) -> Iterator[Row]:
    """The rows with neither number nor reason."""
    for sheet in sheets:
        for row in _without_number(context, sheet) if context.has(sheet, KEY) else ():
            if is_blank(row, "no_number_reason") and not row.text("number_erased"):
                yield row


def _without_number(context: Context, sheet: str) -> Iterator[Row]:
    """The rows of a sheet in which 個人番号 is empty."""
    rows = zip(context.rows(sheet), context.texts(sheet, KEY), strict=True)
    return (row for row, text in rows if not text and is_blank(row, KEY))


def _erasable(context: Context, row: Row) -> bool:
    filed = row.date("filed")
    wanted = context.settings.number_retention_years
    return filed is not None and retention.is_over(filed, wanted, context.as_of)


def _gone(context: Context, row: Row) -> bool:
    lost = row.date("lost")
    return lost is not None and lost <= context.as_of


@check(
    "MN02",
    "warning",
    columns=(KEY, "no_number_reason"),
    title="個人番号が後日提出",
    message="個人番号が後日提出になっています。登録が終わるまでマイナ保険証は使えません。",
    hint="番号を受け取ったらすぐに入力して届け出てください。届出そのものは待たずに期限内に出します。",
    source="R45、C19",
    word="個人番号の欄に、番号ではなく言葉が入っています(後日提出として扱います)。",
    hint_word="個人番号の欄は空欄にして、「個人番号なしの理由」から選んでください。"
    "番号を受け取ったら入力して届け出てください。",
    registered="個人番号が後日提出のままですが、マイナ保険証の状況は登録済です。",
    hint_registered="番号の登録が済んだのなら、番号を入力するか「個人番号なしの理由」を空欄にしてください。",
)
def number_later(context: Context) -> Hits:
    """後日提出 chosen as the reason, or a word like 「申請中」 in place of the number. On the register a
    status of the insurer's says that there is one."""
    sheets = ("members", "acquisition", "dependants")
    for row in chain.from_iterable(_without_number(context, sheet) for sheet in sheets):
        if row.choice("no_number_reason") == "later":
            status = context.people[row.sheet, row.number].myna_status
            known = row.sheet == "members" and status in ("registered", "registered_unusable")
            yield Hit(row.sheet, row.number, KEY, variant="registered" if known else "")
    for row, _ in context.once(Numbers).problems("pending"):
        if row.choice("no_number_reason") in (None, "later"):
            yield Hit(row.sheet, row.number, KEY, variant="word")


@check(
    "MN03",
    "error",
    columns=(KEY,),
    title="個人番号の桁数が違う",
    message="個人番号の桁数が12桁ではありません(数字が{count}桁)。",
    hint="本人の番号確認書類で確かめて、12桁の数字を入力し直してください。",
    source="番号法施行規則(総務省令85号)5条",
    eleven="個人番号が11桁です。住民票コード(11桁)か、1桁の入力もれ・先頭の0の脱落と思われます。",
    ten="個人番号が10桁です。基礎年金番号(10桁)と思われます。",
)
def wrong_length(context: Context) -> Hits:
    """Digits, but not twelve (13 digits that are a 法人番号 are MN06)."""
    for row, examined in context.once(Numbers).problems("length"):
        count = examined.detail.removeprefix("length ")
        variant = {"11": "eleven", "10": "ten"}.get(count, "")
        yield Hit(row.sheet, row.number, KEY, {"count": count}, variant=variant)


@check(
    "MN04",
    "error",
    columns=(KEY,),
    title="個人番号に数字でない文字",
    message="個人番号に数字でない文字が入っています。",
    hint="本人の番号確認書類で確かめて、12桁の数字だけを入力し直してください。",
    source="番号法施行規則(総務省令85号)5条",
    residence_card="個人番号ではなく、在留カードの番号と思われます。",
    words="個人番号の欄に、番号ではない言葉が入っています。",
    hint_words="番号がまだなら空欄にして、「個人番号なしの理由」から選んでください。"
    "番号があれば12桁の数字だけを入力してください。",
)
def not_digits(context: Context) -> Hits:
    """A letter, a sign or a fraction where the digits belong; words alone may be a reason that there
    is no number yet (資格喪失届 has no column for it)."""
    for row, examined in context.once(Numbers).problems("not_digits"):
        variant = "residence_card" if examined.detail == "residence_card" else ""
        if not any(map(str.isdigit, row.cell(KEY).text)) and row.sheet != "loss":
            variant = "words"
        yield Hit(row.sheet, row.number, KEY, variant=variant)


@check(
    "MN05",
    "error",
    columns=(KEY,),
    title="個人番号の検査用数字が合わない",
    message="個人番号の検査用数字(最後の1桁)が合いません。どこかの桁が違っています。",
    hint="本人の番号確認書類と1桁ずつ照らし合わせて、入力し直してください。",
    source="番号法施行規則(総務省令85号)5条",
)
def wrong_check_digit(context: Context) -> Hits:
    """Twelve digits whose last one does not fit."""
    for row, _ in context.once(Numbers).problems("checksum"):
        yield Hit(row.sheet, row.number, KEY)


@check(
    "MN06",
    "error",
    columns=(KEY,),
    title="個人番号の欄に法人番号",
    message="個人番号の欄に、法人番号(13桁)が入っています。",
    hint="会社の番号ではなく、本人の12桁の個人番号を入力してください。",
    source="番号法39条、法人番号の指定等に関する省令2条",
)
def corporate(context: Context) -> Hits:
    """Thirteen digits whose first one fits as the check digit of a 法人番号."""
    for row, _ in context.once(Numbers).problems("corporate"):
        yield Hit(row.sheet, row.number, KEY)


@check(
    "MN07",
    "error",
    columns=(KEY,),
    title="個人番号が見本の番号",
    message="見本やテストに使われる番号で、実在の人の個人番号ではありません。",
    hint="本人の番号確認書類で確かめて入力してください。"
    "まだ受け取っていないときは空欄にして、「後日提出」を選びます。",
    source="番号法施行規則(総務省令85号)5条、R43",
)
def dummy(context: Context) -> Hits:
    """A published example, all the same digit, or a run of digits, though the form fits."""
    for row, _ in context.once(Numbers).problems("dummy"):
        yield Hit(row.sheet, row.number, KEY)


@check(
    "MN09",
    "warning",
    columns=(KEY,),
    title="個人番号が数値のセル",
    message="個人番号が文字列ではなく数値で入っています。先頭の0が消えるおそれがあります。",
    hint="セルの表示形式を「文字列」にしてから、12桁を入力し直してください。",
    source="Excelの数値の扱い、R43",
    lost="個人番号が数値で入っていて、先頭の0が消えています。0を補うと形式OKですが、"
    "本人の番号かは確かめられません。",
    short="個人番号が数値で入っていて、12桁に足りません。先頭の0が消えたか、入力もれです。",
)
def number_cell(context: Context) -> Hits:
    """A number cell: Excel drops leading zeros there. Nothing is put back for the user."""
    for row, examined in context.once(Numbers).found:
        if examined.numeric:
            variant = ("lost" if examined.ok else "short") if examined.lost_zero else ""
            yield Hit(row.sheet, row.number, KEY, variant=variant)


@check(
    "MN10",
    "error",
    columns=(KEY,),
    title="個人番号が指数の文字(1.23E+11)",
    message="個人番号が「E+11」の形の文字になっていて、もとの番号は残っていません。",
    hint="CSVなどのもとの資料に戻り、列を「文字列」にしてから12桁を入力し直してください。",
    source="Excelの数値の扱い、R43",
)
def exponent(context: Context) -> Hits:
    """Exponent text from a CSV: the digits are gone."""
    for row, _ in context.once(Numbers).problems("exponent"):
        yield Hit(row.sheet, row.number, KEY)


@check(
    "MN12",
    "info",
    columns=(KEY,),
    title="個人番号の全角・ハイフン・空白",
    message="個人番号に全角の数字、ハイフン、空白などが入っています(形式OK、本人の番号かは未確認)。",
    hint="このままでも読み取れます。「表記の統一」で半角の12桁にそろえられます。",
    source="R43",
)
def spelling(context: Context) -> Hits:
    """A good number in another spelling; nothing is changed silently."""
    for row, examined in context.once(Numbers).found:
        if examined.ok and examined.normalised:
            yield Hit(row.sheet, row.number, KEY)


@check(
    "MN13",
    "warning",
    columns=("no_number_reason", "remarks"),
    title="個人番号なしの理由「その他」の説明がない",
    message="個人番号なしの理由が「その他」ですが、備考に理由が書かれていません。",
    hint="備考に、個人番号を記載できない理由を書いてください。",
    source="R45、資格取得届の様式(理由が「その他」のときは備考に記入)",
)
def other_reason(context: Context) -> Hits:
    """その他 without a word in 備考."""
    for row in context.rows("acquisition", "dependants"):
        if (
            is_blank(row, KEY)
            and row.choice("no_number_reason") == "other"
            and is_blank(row, "remarks")
            and context.has(row.sheet, "remarks")
        ):
            yield Hit(row.sheet, row.number, "no_number_reason")


@check(
    "MN14",
    "info",
    columns=(KEY, "no_number_reason"),
    title="個人番号も、ない理由も入っている",
    message="個人番号があるのに、「個人番号なしの理由」が残っています。",
    hint="番号を受け取ったのなら、「個人番号なしの理由」を空欄にしてください。",
    source="資格取得届の様式(個人番号があれば理由は空欄)",
)
def needless_reason(context: Context) -> Hits:
    """A good number and a reason for having none."""
    for row, examined in context.once(Numbers).found:
        if examined.ok and row.choice("no_number_reason") is not None:
            yield Hit(row.sheet, row.number, "no_number_reason")

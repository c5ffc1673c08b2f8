"""What is said of a sheet of results whose rows a filter, or a hand, had put out of sight."""


def message(sheet: str, hidden: int, *, filtered: bool) -> str:
    """That the sheet (its tab) shows all its rows again, so that no result is missed; "" where it always did.

    hidden: rows that were out of sight; filtered: our rows' filter let only some through. It is taken off, as
    it was made for other results.
    """
    if filtered:
        out_of_sight = f"({hidden}行が隠れていました)" if hidden else ""
        return (
            f"シート「{sheet}」の絞り込み{out_of_sight}を解除し、すべての結果を表示しました。"
            "必要なら、もう一度絞り込んでください。"
        )
    if hidden:
        return f"シート「{sheet}」の隠れていた{hidden}行を、結果が見えるように表示しました。"
    return ""

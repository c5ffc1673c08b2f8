"""The buttons for the row under the cursor (a right click on a cell), a function each.

A module beside ``ribbon``, since it changes with what a row can tell of a person.
"""

from typing import TypedDict

from shikaku.excel import dialogs
from shikaku.excel.button import Front, busy, run_on_book
from shikaku.fields import era_date
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import EMPTY
from shikaku.ribbon import first_lines, make_letters
from shikaku.system import clock
from shikaku.system.errors import BookError

_PEOPLE = ("members", *FILINGS)


class _Who(TypedDict, total=False):
    """One person for the letters' job: by record, or by place."""

    people: list[str]
    places: list[tuple[str, int]]


def row_decision() -> None:
    """資格確認書の要否と理由: of the person in the row under the cursor."""

    def work(front: Front) -> None:
        from shikaku.jobs import decide as decide_job

        sheet, row = front.here()
        wanted = (front.here(), front.listed())
        with busy(front.app, "判定しています…"):
            result = decide_job.decide(front.session())
        for person, line in zip(result.to_json()["people"], result.lines(), strict=False):
            if (person["sheet"], person["row"]) in wanted:
                dialogs.tell(front.app, line)
                return
        raise BookError(
            f"シート「{sheet}」の{row}行目の人は、判定の対象にありません。",
            "「加入者台帳」「資格取得届」「被扶養者異動届」か「資格確認書判定」の、人のいる行で押してください。",
        )

    run_on_book(work)


def row_letters() -> None:
    """この人の通知書: which kinds are due for the person in the row under the cursor, and after a
    yes those alone."""

    def work(front: Front) -> None:
        from shikaku.jobs import letters as jobs
        from shikaku.letters.catalogue import KINDS

        with busy(front.app, "この人に出す通知書を調べています…"):
            who = _person(front)
            kinds, held = jobs.due_kinds(front.session(), **who)
        waiting = [
            f"保留: {KINDS[kind].title}(「{'」「'.join(lacking)}」の記入を待っています)"
            for kind, lacking in held
        ]
        if not kinds:
            lines = ["この人に新しく作る通知書はありません(発行済みの分は作りません)。", *waiting]
            dialogs.tell(front.app, first_lines(lines))
            return
        titles = [f"・{KINDS[kind].title}" for kind in kinds]
        question = "この人に出す通知書を作ります。よろしいですか。\n\n"
        if dialogs.confirm(front.app, question + first_lines([*titles, *waiting])):
            make_letters(front, kinds, **who)

    run_on_book(work)


def _person(front: Front) -> _Who:
    """Who stands in the row under the cursor, as the letters' job takes it. Raises BookError."""
    sheet, number = front.listed() or front.here()
    sheets = schema().sheets
    key = next((k for k in (*_PEOPLE, "ledger") if sheets[k].name == sheet), None)
    table = front.session().read().tables.get(key) if key else None
    row = next((row for row in table.rows if row.number == number), None) if table else None
    if key is None or row is None:
        raise BookError(
            "通知書を出す人の行が選ばれていません。",
            f"「{'」「'.join(sheets[k].name for k in (*_PEOPLE, 'decisions', 'ledger'))}」の、"
            "人のいる行のセルを選んでから押してください。",
        )
    if key == "ledger":
        return {"people": ["-".join(row.text(part) for part in ("symbol", "number", "branch"))]}
    return {"places": [(key, number)]}


def record_return() -> None:
    """返納を記録: today as 返納日 of the row of 返納管理 under the cursor, when the user says yes."""

    def work(front: Front) -> None:
        ledger = schema().sheets["ledger"]
        sheet, number = front.here()
        session = front.session("返納を記録")
        with busy(front.app, "返納管理を調べています…"):
            table = session.read().tables.get("ledger")
        row = next((row for row in table.rows if row.number == number), None) if table else None
        if sheet != ledger.name or row is None:
            raise BookError(
                "返納を記録する行が選ばれていません。",
                f"シート「{ledger.name}」の、返納された人の行を選んでから押してください。",
            )
        if row.cell("returned").kind != EMPTY:
            raise BookError(
                f"{number}行目には、もう{ledger.label('returned')}が入っています。",
                "直すときは、セルに直接入力してください。",
            )
        today = clock.today()
        day = era_date.both(today)
        who = f"{row.text('control_no')} {row.text('name')} {row.text('document')}".strip()
        if dialogs.confirm(front.app, f"{who}\n\n{day}に返納されたと記録します。よろしいですか。"):
            session.set_cells([("ledger", number, "returned", today)])
            session.commit()

    run_on_book(work)

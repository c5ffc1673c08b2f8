"""In partitions, however small: the findings and decisions of the whole workbook."""

import random

import books
import check_cases
import decision_cases
import pytest
from clusters import Inline
from shikaku.checks import catalogue
from shikaku.checks.context import Context
from shikaku.cluster import checking, deciding, partitions
from shikaku.decisions import everybody
from shikaku.model.ledger import CERTIFICATE
from shikaku.model.schema import schema
from shikaku.model.settings import Settings

PEOPLE = partitions.PEOPLE


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Every 記号・番号 that may stand alone does."""
    for module in (checking, deciding):
        monkeypatch.setattr(module, "size", lambda book, workers: 1)


def checked(context):
    return checking.findings(Inline(), context)


@pytest.mark.slow
@pytest.mark.parametrize("case", check_cases.cases(), ids=str)
def test_each_case_of_a_check(case):
    """A new check that looks across partitions is found here by its own cases."""
    assert checked(case.context()) == case.run()


def mixed(rng, count, blank=True, cards=False):
    """Many people with few words for each thing, so that all that may coincide does. blank: 番号 and
    記号 are left out, too, cards: 発行履歴 says whom a card names; both keep rows together."""
    out = [""] if blank else []

    def some(*values):
        return rng.choice(values)

    rows = {sheet: [] for sheet in (*PEOPLE, "ledger", *(["history"] if cards else []))}
    for _ in range(count):
        day = some("2026-04-01", "2026-03-15", "2025-01-01", "R8.13.1", "")
        row = {
            "symbol": some("101", "102", "１０１", "0103", "104", *out),
            "number": some("1", "2", "3", "03", *out),
            "branch": some("00", "01", "02", ""),
            "name": some("見本 一郎", "見本 二郎", "髙橋 花子", "高橋 花子", ""),
            "kana": some("ミホン イチロウ", "ミホン ジロウ", "タカハシ ハナコ", ""),
            "birth": some("1960-01-01", "1990-05-05", "2020-02-02", "昭和の春", *out),
            "sex": some("男", "女"),
            "individual_number": some("000000000019", "000000000027", "000000000018", "12", ""),
            "kind": some("被保険者", "被扶養者", "任意継続被保険者"),
            "relationship": some("妻", "長男", "母", ""),
            "event": some("該当", "非該当", "変更"),
            "cause": some("退職等", "死亡", "75歳到達"),
            **{key: day for key in ("acquired", "event_date", "filed")},
            "lost": some(day, "2026-04-01", ""),
            "left": some("2026-03-31", ""),
            "myna_status": some("利用登録済", "カードなし", "不明", ""),
            "want": some("希望する", "希望しない", ""),
            "status_checked": some("2026-04-01", "2026-02-01", ""),
            "control_no": f"K{rng.randint(1, 30):05}",
            "letter": some(CERTIFICATE, ""),
            "document": some("資格確認書", "被保険者証"),
            "issued": some("2025-04-01", "2026-04-02", ""),
            "expiry": some("2030-03-31", ""),
            "collected": some("添付", "なし", ""),
            "attached_count": some(0, 1, ""),
            "not_returnable_count": some(0, 1, ""),
            "insured_name": some("見本 一郎", "髙橋 花子", ""),
        }
        sheet = rng.choice(list(rows))
        columns = schema().sheets[sheet].columns
        rows[sheet].append({k: v for k, v in row.items() if k in columns and v != ""})
    return books.book(rows)


@pytest.mark.parametrize("seed", range(16))
def test_people_who_coincide(seed):
    rng = random.Random(seed)
    book = mixed(rng, 120, blank=seed % 2 == 0, cards=seed % 3 == 0)
    own = rng.choice(["", "101", "101、0103"])
    context = Context(book, Settings(employer_symbol=own), books.DAY, books.closed_days())
    whole = catalogue.run(context)
    assert len({finding.code for finding in whole}) > 25
    assert checked(context) == whole
    wanted = everybody.decide_all(book, context.settings, books.DAY, context.closed)
    found = deciding.decisions(Inline(), book, context.settings, books.DAY, context.closed)
    assert [d.to_json() for d in found] == [d.to_json() for d in wanted]
    assert found == wanted


@pytest.mark.slow
@pytest.mark.parametrize("case", decision_cases.cases("everybody"), ids=lambda case: case["name"])
def test_each_case_of_decisions(case, monkeypatch):
    base = decision_cases.load("decisions/everybody")["base"]

    def in_parts(book, settings, as_of, closed):
        return deciding.decisions(Inline(), book, settings, as_of, closed)

    own = everybody.decide_all
    monkeypatch.setattr(
        decision_cases.everybody,
        "decide_all",
        lambda *given, **more: own(*given, **more) if more else in_parts(*given),
    )
    decision_cases.everybody_case(case, base)


def test_every_row_is_somewhere_once():
    book = mixed(random.Random(99), 200, blank=False)
    for rows in (1, 30, 10_000):
        cut = partitions.cut(book, Settings(employer_symbol="101"), rows)
        places = [place for one in cut for place in one.places()]
        assert len(places) == len(set(places)) == sum(len(t.rows) for t in book.tables.values())
        assert [one.first for one in cut] == [True] + [False] * (len(cut) - 1)
        assert len(cut) == 1 if rows == 10_000 else len(cut) > 3


def test_without_the_join_it_would_not_do(monkeypatch):
    book = mixed(random.Random(1), 120, blank=False)
    context = Context(book, Settings(), books.DAY, books.closed_days())
    assert checked(context) == catalogue.run(context)
    monkeypatch.setattr(
        checking.joins, "guests", lambda partitions, traits: [[] for _ in partitions]
    )
    assert checked(context) != catalogue.run(context)

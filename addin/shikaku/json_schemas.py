"""The JSON Schema (draft 2020-12) of each command's ``--json``, for ``shikaku schema COMMAND``.

Keys and their meaning stay as they are; a later version may add keys, so a reader should let unknown
ones pass. The schemas here name all keys of this version: the tests hold every command's output to
them.
"""

from typing import Any

from shikaku.model.schema import schema
from shikaku.system.errors import UsageError

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAY: Schema = {"type": "string", "format": "date"}
_COUNTS: Schema = {"type": "object", "additionalProperties": _COUNT}


# Of rows that a line of a list is about the first ten are named.
_MORE: Schema = {"more": {"const": True}}


def _or_null(kind: Schema) -> Schema:
    return {"anyOf": [kind, {"type": "null"}]}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _one_of(list_name: str) -> Schema:
    """A key of one of the workbook's lists."""
    return {"enum": list(schema().lists[list_name])}


def _object(optional: Schema | None = None, **keys: Schema) -> Schema:
    """An object with these keys and no others. optional: keys that may be missing."""
    return {
        "type": "object",
        "properties": {**keys, **(optional or {})},
        "required": list(keys),
        "additionalProperties": False,
    }


def _counted(list_name: str) -> Schema:
    """How many by each key of a list."""
    return _object(**dict.fromkeys(schema().lists[list_name], _COUNT))


def _of_book(optional: Schema | None = None, **keys: Schema) -> Schema:
    """What concerns one workbook on one day."""
    return _object(optional, book=_TEXT, as_of=_DAY, **keys)


def _finding() -> Schema:
    return _object(
        code={"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}$"},
        severity=_one_of("severity"),
        sheet=_TEXT,
        row=_COUNT,
        column=_TEXT,
        message=_TEXT,
        hint=_TEXT,
        source=_TEXT,
    )


def _check() -> Schema:
    listed = _object(
        checks=_list(_object(code=_TEXT, severity=_one_of("severity"), title=_TEXT, source=_TEXT))
    )
    found = _of_book(counts=_counted("severity"), findings=_list(_finding()))
    return {"anyOf": [found, listed]}


def _person(**more: Schema) -> Schema:
    lists = schema().lists
    return _object(
        {"also": _list(_object(sheet=_TEXT, row=_COUNT))},
        **more,
        sheet=_TEXT,
        row=_COUNT,
        record=_TEXT,
        name=_TEXT,
        certificate=_one_of("certificate"),
        ground=_or_null(_one_of("ground")),
        reason={"enum": [*lists["ex_officio_reason"], *lists["want_reason"], None]},
        notice=_or_null(_one_of("notice")),
        delivery=_one_of("delivery"),
        old_card_return=_FLAG,
        rules=_list({"type": "string", "pattern": "^[RC][0-9]+$"}),
        why=_TEXT,
    )


def _decide() -> Schema:
    return _of_book(people=_list(_person()))


def _returns() -> Schema:
    from shikaku.returns.report import STEPS

    item = _object(
        control_no=_TEXT,
        document={"enum": list(schema().lists["document"].values())},
        record=_TEXT,
        name=_TEXT,
        required=_or_null(_FLAG),
        due=_or_null(_DAY),
        returned=_or_null(_DAY),
        state={"enum": list(schema().lists["return_state"].values())},
        stage={"enum": list(STEPS)},
        next_action=_TEXT,
    )
    return _of_book(items=_list(item))


def _letters(**more: Schema) -> Schema:
    return _of_book(
        **more,
        out=_TEXT,
        pdf_engine=_TEXT,
        letters=_COUNTS,
        held=_list(
            _object(
                kind=_TEXT,
                name=_TEXT,
                waiting_for=_TEXT,
                sheet=_TEXT,
                row=_COUNT,
                control_no=_TEXT,
                why=_TEXT,
            )
        ),
        failed=_list(_object(kind=_TEXT, name=_TEXT, reason=_TEXT)),
    )


def _print() -> Schema:
    file = _object(file=_TEXT, pages=_COUNT, letters=_COUNT)
    return _letters(files=_list(file), index=_TEXT, missing=_COUNT)


def _labels() -> Schema:
    listed = _list(_object(record=_TEXT, name=_TEXT, reason=_TEXT))
    return _of_book(out=_TEXT, labels=_COUNT, letters=_COUNT, without_label=listed)


def _run() -> Schema:
    return _of_book(
        check=_counted("severity"),
        decide=_counted("certificate"),
        letters=_COUNTS,
        held=_COUNT,
        failed=_COUNT,
        pdf_engine=_TEXT,
        returns=_counted("return_state"),
    )


def _tidy() -> Schema:
    proposal = _object(
        sheet=_TEXT,
        row=_COUNT,
        column=_TEXT,
        before=_TEXT,
        after=_TEXT,
        kind=_TEXT,
        changes=_FLAG,
        note=_TEXT,
    )
    return _of_book(written=_FLAG, proposals=_list(proposal))


def _new() -> Schema:
    return _object(book=_TEXT, sample=_FLAG, protected=_FLAG)


def _submit() -> Schema:
    return _of_book(
        made=_FLAG,
        out=_TEXT,
        fingerprint=_TEXT,
        receipts=_list(_TEXT),
        counts=_counted("severity"),
        rows=_COUNTS,
        findings=_list(_finding()),
    )


def _collect() -> Schema:
    file = _object(
        receipt_no=_TEXT,
        file=_TEXT,
        received=_DAY,
        employer=_TEXT,
        state=_one_of("receipt_state"),
        rows=_COUNTS,
        errors=_COUNT,
        warnings=_COUNT,
        notes=_list(_TEXT),
    )
    return _of_book(
        counts=_COUNTS,
        known=_COUNT,
        rows=_COUNTS,
        files=_list(file),
        skipped=_list(_object(file=_TEXT, reason=_TEXT)),
        unsettled=_COUNT,
    )


def _status_import() -> Schema:
    from shikaku.desk.status_changes import TURNS
    from shikaku.desk.status_list import REASONS

    return _of_book(
        file=_TEXT,
        lines=_COUNT,
        matched=_COUNT,
        written=_FLAG,
        changes=_list(_object(row=_COUNT, column=_TEXT, before=_TEXT, after=_TEXT)),
        left=_list(
            _object(
                _MORE,
                line=_COUNT,
                reason={"enum": list(REASONS)},
                rows=_list(_COUNT),
                message=_TEXT,
                value=_TEXT,
            )
        ),
        people=_list(_person(turn={"enum": list(TURNS)}, before=_one_of("certificate"))),
    )


def _import() -> Schema:
    from shikaku.desk.row_import import REASONS

    names = _list(_TEXT)
    return _of_book(
        file=_TEXT,
        sheet=_TEXT,
        lines=_COUNT,
        written=_FLAG,
        headings=_object(used=names, unknown=names, missing=names, numeric=names),
        rows=_list(_object(line=_COUNT, row=_COUNT, name=_TEXT)),
        unwritten=_list(
            _object(
                _MORE,
                line=_COUNT,
                reason={"enum": list(REASONS)},
                message=_TEXT,
                columns=names,
                rows=_list(_COUNT),
                lines=_list(_COUNT),
            )
        ),
    )


def _cards_import() -> Schema:
    from shikaku.desk.cards import REASONS

    new = _object(
        line=_COUNT,
        record=_TEXT,
        name=_TEXT,
        issued=_DAY,
        expiry=_or_null(_DAY),
        control_no=_TEXT,
    )
    listed = _object(
        _MORE, line=_COUNT, reason={"enum": list(REASONS)}, message=_TEXT, rows=_list(_COUNT)
    )
    return _of_book(
        file=_TEXT,
        lines=_COUNT,
        written=_FLAG,
        new=_list(new),
        same=_COUNT,
        listed=_list(listed),
    )


def _renewals() -> Schema:
    person = _object(
        sheet=_TEXT,
        row=_COUNT,
        record=_TEXT,
        name=_TEXT,
        control_no=_TEXT,
        expiry=_DAY,
        days_left=_COUNT,
        certificate={"enum": list(schema().lists["certificate"])},
        issue_on=_DAY,
        new_expiry=_or_null(_DAY),
        why=_TEXT,
    )
    employer = _object(employer=_TEXT, people=_list(person))
    return _of_book(within=_COUNT, count=_COUNT, employers=_list(employer))


def _export() -> Schema:
    note = _object(
        sheet=_TEXT, row=_COUNT, column=_TEXT, kind=_TEXT, stops=_FLAG, message=_TEXT, detail=_TEXT
    )
    return _of_book(
        format={"enum": ["csv", "xlsx"]},
        encoding=_TEXT,
        files=_list(_object(file=_TEXT, rows=_COUNT)),
        errors=_COUNT,
        plain=_list(_TEXT),
        notes=_list(note),
    )


def _restore() -> Schema:
    when: Schema = {"type": "string", "format": "date-time"}
    state = _object(no=_COUNT, when=when)
    return _object(book=_TEXT, states=_list(state), restored=_or_null(_COUNT))


def _enroll() -> Schema:
    from shikaku.desk.taking_in import REASONS

    left = _object(
        _MORE,
        sheet=_TEXT,
        row=_COUNT,
        reason={"enum": list(REASONS)},
        message=_TEXT,
        rows=_list(_COUNT),
        name=_TEXT,
        codes=_list(_TEXT),
        columns=_list(_TEXT),
    )
    return _of_book(
        written=_FLAG,
        taken=_COUNTS,
        already=_COUNT,
        added=_COUNT,
        changed=_COUNT,
        left=_list(left),
    )


def _received() -> Schema:
    from shikaku.desk.scans import REASONS

    listed = _object(
        _MORE,
        line=_COUNT,
        control_no=_TEXT,
        reason={"enum": list(REASONS)},
        message=_TEXT,
        rows=_list(_COUNT),
    )
    return _of_book(
        file=_TEXT,
        lines=_COUNT,
        returned=_list(_object(row=_COUNT, returned=_DAY)),
        same=_COUNT,
        listed=_list(listed),
    )


def _purge() -> Schema:
    return _of_book(
        retention_years=_COUNT,
        written=_FLAG,
        count=_COUNT,
        cells=_list(_object(sheet=_TEXT, row=_COUNT, completed=_DAY, until=_DAY)),
        undated=_COUNT,
        not_struck_off=_list(_COUNT),
        elsewhere=_list(_object(sheet=_TEXT, row=_COUNT, column=_TEXT)),
    )


def _templates() -> Schema:
    field = _object(
        name=_TEXT,
        required=_FLAG,
        meaning=_TEXT,
        example=_TEXT,
        items=_list({"$ref": "#/$defs/field"}),
    )
    kinds = _object(
        kinds=_list(
            _object(kind=_TEXT, title=_TEXT, to=_TEXT, fields=_list({"$ref": "#/$defs/field"}))
        )
    )
    problem = _object(
        template=_TEXT,
        severity=_one_of("severity"),
        place=_TEXT,
        paragraph=_COUNT,
        message=_TEXT,
        hint=_TEXT,
    )
    checked = _object(checked=_COUNT, problems=_list(problem))
    return {"anyOf": [kinds, checked], "$defs": {"field": field}}


def _addin() -> Schema:
    """What is there of the facts depends on the action and on what is installed."""
    facts = (
        "system",
        "addin",
        "package",
        "xlwings",
        "addin_package",
        "addin_xlwings",
        "interpreter",
    )
    texts = dict.fromkeys(facts, _or_null(_TEXT))
    return {"type": "object", "properties": {**texts, "installed": _FLAG, "current": _FLAG}}


def _app() -> Schema:
    return _object()


def _upgrade() -> Schema:
    texts: dict[str, Schema] = dict.fromkeys(("book", "from", "to"), _TEXT)
    return _object(**texts, upgraded=_FLAG, out=_or_null(_TEXT), notes=_list(_TEXT))


def _log() -> Schema:
    """The log is a file that anybody may have edited: nothing in an entry is promised."""
    texts = dict.fromkeys(("when", "who", "what", "workbook", "book", "file", "outcome"), _TEXT)
    entry = {"type": "object", "properties": {**texts, "counts": _COUNTS}}
    group = _object(name=_TEXT, runs=_COUNT, commands=_COUNTS, counts=_COUNTS, last=_TEXT)
    return _object(entries=_list(entry), groups=_list(group))


def _doctor() -> Schema:
    item = _object(state={"enum": ["ok", "note", "bad"]}, topic=_TEXT, detail=_TEXT)
    return _object(items=_list(item))


def _schema() -> Schema:
    return {"type": "object", "required": ["$schema", "title", "type"]}


SCHEMAS = {
    "new": _new,
    "check": _check,
    "tidy": _tidy,
    "decide": _decide,
    "letters": _letters,
    "returns": _returns,
    "remind": _letters,
    "print": _print,
    "labels": _labels,
    "submit": _submit,
    "collect": _collect,
    "status-import": _status_import,
    "import": _import,
    "export": _export,
    "enroll": _enroll,
    "received": _received,
    "cards-import": _cards_import,
    "renewals": _renewals,
    "purge": _purge,
    "restore": _restore,
    "upgrade": _upgrade,
    "run": _run,
    "demo": _run,
    "addin": _addin,
    "templates": _templates,
    "app": _app,
    "log": _log,
    "doctor": _doctor,
    "schema": _schema,
}
"""Command → what makes its schema."""


def of(command: str) -> Schema:
    """The schema of a command's ``--json``. Raises UsageError for an unknown command."""
    if command not in SCHEMAS:
        raise UsageError(
            f"「{command[:20]}」というコマンドはありません。",
            f"{', '.join(SCHEMAS)} のどれかを指定してください。",
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"shikaku {command} --json",
        "type": "object",
        **SCHEMAS[command](),
    }

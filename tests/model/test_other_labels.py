"""The other names of sheets and columns, as ``workbooks/former-labels.toml`` has them."""

import tomllib

import pytest
from paths import ROOT
from shikaku.model import other_labels
from shikaku.model.schema import schema

NAMES = tomllib.loads((ROOT / "workbooks/former-labels.toml").read_text("utf-8"))


@pytest.mark.parametrize("sheet", schema().sheets)
def test_names(sheet):
    assert other_labels.of_sheet(sheet) == NAMES["sheets"].get(sheet, [])
    found = other_labels.of_columns(sheet)
    columns = schema().sheets[sheet].columns
    own, shared = NAMES["columns"].get(sheet, {}), NAMES["columns"]["all"]
    both = {key: [*own.get(key, []), *shared.get(key, [])] for key in (*own, *shared)}
    assert found == {key: labels for key, labels in both.items() if key in columns}

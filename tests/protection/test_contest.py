"""A few rounds of ``contest.py``; the long run is its command."""

import os

import pytest
from protection import contest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows では fork を使えません。")


def test_nothing_is_lost_or_doubled_between_two_users(tmp_path):
    found = contest.contest(tmp_path, kills=6, races=6)
    assert found["kills"].total() == 6 and found["races"].total() == 6

"""Passwords on workbooks, quicker: one becomes a key by 100,000 rounds, anew for sealing, for looking
whether the copy opens, for opening it."""

from functools import lru_cache, partial

from msoffcrypto.method.ecma376_agile import ECMA376Agile


def install() -> None:
    """For this process, from now on: the same password and salt give the same key, and what is sealed
    here needs a hundredth of the rounds; the file says how many. How many the product's has:
    test_hostile_containers of desk/test_submission.py."""
    stretch = ECMA376Agile._derive_iterated_hash_from_password
    ECMA376Agile._derive_iterated_hash_from_password = staticmethod(lru_cache(1 << 10)(stretch))
    ECMA376Agile.encrypt = staticmethod(partial(ECMA376Agile.encrypt, spin_count=1_000))

"""都道府県 (prefectures), the beginning of every address in a 届出.

Source: 地方自治法5条・6条 (the 47 names); JIS X 0401 for their order.

>>> starts_with_prefecture("東京都千代田区千代田1-1"), starts_with_prefecture("千代田区千代田1-1")
(True, False)
>>> of("　京都府京都市中京区"), of("京都市中京区")
('京都府', None)
"""

from functools import lru_cache

from shikaku.fields.errors import InvalidComponent
from shikaku.fields.text import visible

# fmt: off
NAMES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県",
    "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県",
    "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県",
    "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県",
    "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県",
    "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)
# fmt: on


_SHORT = {name for name in NAMES if len(name) == 3}
_LONG = {name for name in NAMES if len(name) == 4}


def compact(address: str) -> str:
    """The address without spaces before it."""
    return visible(address).lstrip()


@lru_cache(maxsize=65536)
def of(address: str) -> str | None:
    """The prefecture that an address begins with, or None."""
    if address[:3] not in _SHORT:  # nearly every address begins with one of them
        address = compact(address)
    if address[:3] in _SHORT:
        return address[:3]
    return address[:4] if address[:4] in _LONG else None


def starts_with_prefecture(address: str) -> bool:
    """Whether an address begins with one of the 47 names."""
    return of(address) is not None


def validate(name: str) -> str:
    """The name itself when it is one of the 47. Raises InvalidComponent."""
    name = compact(name).rstrip()
    if name not in NAMES:
        raise InvalidComponent
    return name


def is_valid(name: str) -> bool:
    """Whether it is the full name of a prefecture.

    >>> is_valid("大阪府"), is_valid("大阪")
    (True, False)
    """
    return compact(name).rstrip() in NAMES

"""The colour profile that a PDF/A names: sRGB (IEC 61966-2-1), written from its published numbers.

ICC.1:2001-04 (version 2.4), three tone curves and three primaries adapted to D50.
"""

import struct

# Red, green, blue primaries and the white point, adapted to D50.
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
    b"wtpt": (0.96420, 1.00000, 0.82491),
}
_POINTS = 1024


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *map(_fixed, values))


def _text(kind: bytes, text: str) -> bytes:
    return kind + b"\0\0\0\0" + text.encode() + b"\0"


def _described(text: str) -> bytes:
    """A description in ASCII, without the other scripts that the type has room for."""
    data = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (12 + 67)


def _curve() -> bytes:
    values = []
    for point in range(_POINTS):
        x = point / (_POINTS - 1)
        y = x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4
        values.append(round(y * 65535))
    return b"curv\0\0\0\0" + struct.pack(f">I{_POINTS}H", _POINTS, *values)


def _profile() -> bytes:
    curve = _curve()
    tags = {
        b"desc": _described("sRGB IEC61966-2.1"),
        b"cprt": _text(b"text", "Public domain"),
        **{name: _xyz(values) for name, values in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    at = 128 + 4 + 12 * len(tags)
    table, bodies, places = b"", b"", {}
    for name, data in tags.items():
        if data not in places:
            places[data] = at
            padded = data + b"\0" * (-len(data) % 4)
            bodies += padded
            at += len(padded)
        table += name + struct.pack(">II", places[data], len(data))
    white = struct.pack(">3i", *map(_fixed, (0.9642, 1.0, 0.82491)))
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI12s4s44s",
        at, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0, b"acsp",
        b"\0\0\0\0", 0, b"\0\0\0\0", b"\0\0\0\0", 0, 0, white, b"\0\0\0\0", b"\0" * 44,
    )  # fmt: skip
    return head + struct.pack(">I", len(tags)) + table + bodies


PROFILE = _profile()


def intent(profile: int) -> bytes:
    """The catalog's entry for a PDF/A whose colours are sRGB. profile: the number of its stream."""
    return (
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
        b"/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]" % profile
    )

"""A PDF that is written while it grows: objects go out as they come, the table of them last."""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from shikaku.letters.pdf.writer.programs import stream

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_ENTRY = struct.Struct(">BQH")
_FREE, _PLAIN, _PACKED = 0, 1, 2
_TOGETHER = 200
"""Objects in an object stream: they pack well, and a reader needn't unpack much for one."""


class ObjectFile:
    """Numbered objects on their way into a file. out: where they go. The same objects in the same
    order give the same bytes."""

    def __init__(self, out: BinaryIO):
        self._out, self._at = out, 0
        self._digest = hashlib.sha256()
        self._entries = bytearray()
        self._waiting: list[tuple[int, bytes]] = []
        self.take()  # object 0 is the head of the free ones
        self._write(_HEADER)

    def take(self, count: int = 1) -> int:
        """The first of so many numbers that nobody else has."""
        first = len(self._entries) // _ENTRY.size
        self._entries += _ENTRY.pack(_FREE, 0, 0) * count
        return first

    def put(self, number: int, data: bytes) -> None:
        """Write an object: a stream at once, others together with their neighbours."""
        if data.endswith(b"endstream"):
            self._enter(number, _PLAIN, self._at, 0)
            self._write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
            return
        self._waiting.append((number, data))
        if len(self._waiting) >= _TOGETHER:
            self._flush()

    def put_all(self, first: int, objects: Sequence[bytes]) -> None:
        """Write objects with numbers that follow each other."""
        for number, data in enumerate(objects, start=first):
            self.put(number, data)

    def add(self, data: bytes) -> int:
        """Write an object; its number."""
        number = self.take()
        self.put(number, data)
        return number

    def end(self, catalog: int, info: int) -> None:
        """Write the table of the objects. Numbers without an object are free ones."""
        self._flush()
        table = self.take()
        self._enter(table, _PLAIN, self._at, 0)
        name = self._digest.hexdigest()[:32].encode()
        packed = zlib.compress(bytes(self._entries))
        size = len(self._entries) // _ENTRY.size
        self._write(
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 8 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
            b"/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
            % (table, size, catalog, info, name, name, len(packed), packed, self._at)
        )

    def _flush(self) -> None:
        if not self._waiting:
            return
        index, at = [], 0
        holder = self.take()
        for place, (number, data) in enumerate(self._waiting):
            self._enter(number, _PACKED, holder, place)
            index.append(b"%d %d" % (number, at))
            at += len(data) + 1
        head = b" ".join(index) + b"\n"
        body = head + b"\n".join(data for _, data in self._waiting)
        entries = b"/Type/ObjStm/N %d/First %d" % (len(self._waiting), len(head))
        self._waiting.clear()
        self.put(holder, stream(body, entries))

    def _enter(self, number: int, kind: int, where: int, place: int) -> None:
        _ENTRY.pack_into(self._entries, number * _ENTRY.size, kind, where, place)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._at += len(data)

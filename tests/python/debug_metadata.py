"""What a .tflite says of where its operators come from, read by the format's description."""

from flatbuffers import encode, number_types, table

import file_facts

KINDS = ["none", "CallSiteLoc", "FileLineColLoc", "FusedLoc", "NameLoc", "OpaqueLoc", "UnknownLoc"]


class _Table:
    def __init__(self, data, position):
        self.table = table.Table(data, position)

    def _field(self, number):
        return self.table.Offset(4 + 2 * number)

    def number(self, number, kind):
        place = self._field(number)
        return self.table.Get(kind, place + self.table.Pos) if place else 0

    def index(self, number):
        return self.number(number, number_types.Uint32Flags)

    def text(self, number):
        place = self._field(number)
        return self.table.String(place + self.table.Pos).decode() if place else ""

    def union(self, number):
        place = self._field(number)
        return _Table(self.table.Bytes, self.table.Indirect(place + self.table.Pos))

    def numbers(self, number, kind=number_types.Uint32Flags):
        place = self._field(number)
        begin, count = self.table.Vector(place), self.table.VectorLen(place)
        return [self.table.Get(kind, begin + i * kind.bytewidth) for i in range(count)]

    def tables(self, number):
        place = self._field(number)
        begin, count = self.table.Vector(place), self.table.VectorLen(place)
        return [_Table(self.table.Bytes, self.table.Indirect(begin + 4 * i)) for i in range(count)]


def _place(attribute):
    kind = KINDS[attribute.number(0, number_types.Uint8Flags)]
    content = attribute.union(1)
    if kind == "CallSiteLoc":
        return (kind, content.index(0), content.index(1))
    if kind == "FileLineColLoc":
        return (kind, content.text(0), content.index(1), content.index(2))
    if kind == "FusedLoc":
        return (kind, *content.numbers(0))
    if kind == "NameLoc":
        return (kind, content.text(0), content.index(1))
    return (kind,)


def read(data):
    """The attributes, and for each graph and operator the numbers of its own."""
    entry = bytearray(file_facts.read(data).metadata["debug_metadata"])
    root = _Table(entry, encode.Get(number_types.UOffsetTFlags.packer_type, entry, 0))
    assert root.numbers(0, number_types.Uint8Flags) == [1]
    (conversion,) = root.tables(1)
    kinds = conversion.numbers(1, number_types.Uint8Flags)
    assert set(kinds) == {1}, "only places"
    places = [_place(attribute) for attribute in conversion.tables(2)]
    graphs = [[op.numbers(0) for op in graph.tables(0)] for graph in conversion.tables(0)]
    return places, graphs


def names(places, index):
    """All names that a place leads to."""
    kind, *rest = places[index]
    if kind == "NameLoc":
        return {rest[0]} | names(places, rest[1])
    if kind in ("CallSiteLoc", "FusedLoc"):
        return set().union(*(names(places, part) for part in rest))
    return set()


def files(places, index):
    """The lines of files that a place leads to."""
    kind, *rest = places[index]
    if kind == "FileLineColLoc":
        return {(rest[0], rest[1])}
    if kind == "NameLoc":
        return files(places, rest[1])
    if kind in ("CallSiteLoc", "FusedLoc"):
        return set().union(*(files(places, part) for part in rest))
    return set()

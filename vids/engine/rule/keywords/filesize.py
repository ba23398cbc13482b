"""filesize: how large a transferred file is."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.proto.file import CLOSED, File
from vids.engine.rule.filetest import SOURCE, FileTest
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, register

HIGHEST: Final = (1 << 62) - 1


@final
class Filesize(FileTest):
    """Match the size of a transferred file, in bytes.

    As soon as a file is larger than a lower bound that bound holds, whatever is yet to come; any other test is of a
    file that has come to its end.
    """

    name: ClassVar[str] = "filesize"
    syntax: ClassVar[str] = "filesize:[!|<|>|<=|>=]N|A<>B;"
    source: ClassVar[str] = f"{SOURCE}, filesize"
    cases: ClassVar[Cases] = (
        # option    file                                          holds
        ("<70",     {"file.size": 68, "file.state": "CLOSED"},    True),
        ("<70",     {"file.size": 68, "file.state": "UNKNOWN"},   False),
        ("<70",     {"file.size": 68, "file.state": "TRUNCATED"}, False),
        (">50",     {"file.size": 68, "file.state": "UNKNOWN"},   True),
        (">=68",    {"file.size": 68, "file.state": "TRUNCATED"}, True),
        ("68",      {"file.size": 68, "file.state": "UNKNOWN"},   False),
        ("68",      {"file.size": 68, "file.state": "CLOSED"},    True),
        ("!68",     {"file.size": 68, "file.state": "CLOSED"},    False),
        ("60<>70",  {"file.size": 68, "file.state": "CLOSED"},    True),
        ("60<>70",  {"file.size": 70, "file.state": "CLOSED"},    False),
        (">1mb",    {"file.size": 1 << 20, "file.state": "CLOSED"}, False),
    )  # fmt: skip
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "expected"), ("many", "expected"), ("5<>5", "holds nothing"))

    def __init__(self, test: IntegerTest) -> None:
        self.test = test

    @classmethod
    def parse(cls, text: str) -> Filesize:
        return cls(IntegerTest.parse(text, HIGHEST, cls.syntax))

    def holds(self, file: File) -> bool:
        if file.state == CLOSED:
            return self.test.holds(file.size)
        return self.test.is_lower_bound(HIGHEST) and self.test.holds(file.size)


register(Filesize)

"""filemd5: the MD5 of a transferred file is in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.proto.file import File
from vids.engine.rule.filetest import SOURCE, FileTest
from vids.engine.rule.hashlist import HashList, hash_list
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class FileMd5(FileTest):
    """Match when the MD5 of a transferred file is in a list; with `!`, when it is not.

    The list is a file beside the rules: one digest a line in hexadecimal, what follows it on the line is a comment.
    A file of which bytes are missing has no MD5.
    """

    name: ClassVar[str] = "filemd5"
    syntax: ClassVar[str] = "filemd5:[!]FILE;"
    source: ClassVar[str] = f"{SOURCE}, filemd5"
    cases: ClassVar[Cases] = (
        ("some.list", {"file.md5": "listed", "file.state": "CLOSED"}, True),
        ("some.list", {"file.md5": "other", "file.state": "CLOSED"}, False),
        ("!some.list", {"file.md5": "other", "file.state": "CLOSED"}, True),
        ("!some.list", {"file.md5": "listed", "file.state": "CLOSED"}, False),
        ("!some.list", {"file.state": "UNKNOWN"}, False),
        ("!some.list", {"file.md5": "other", "file.state": "TRUNCATED"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "names no file"), ("!", "names no file"))

    def __init__(self, hashes: HashList) -> None:
        self.hashes = hashes

    @classmethod
    def parse(cls, text: str) -> FileMd5:
        return cls(hash_list("md5", text, cls.syntax))

    def place(self, draft: Draft) -> None:
        self.hashes.declare(self.name, draft)
        super().place(draft)

    def holds(self, file: File) -> bool:
        return self.hashes.holds(file)


register(FileMd5)

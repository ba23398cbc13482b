"""filesha256: the SHA-256 of a transferred file is in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.proto.file import File
from vids.engine.rule.filetest import SOURCE, FileTest
from vids.engine.rule.hashlist import HashList, hash_list
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class FileSha256(FileTest):
    """Match when the SHA-256 of a transferred file is in a list; with `!`, when it is not.

    The list is a file beside the rules: one digest a line in hexadecimal, what follows it on the line is a comment.
    A file of which bytes are missing has no SHA-256.
    """

    name: ClassVar[str] = "filesha256"
    syntax: ClassVar[str] = "filesha256:[!]FILE;"
    source: ClassVar[str] = f"{SOURCE}, filesha256"
    cases: ClassVar[Cases] = (
        ("some.list", {"file.sha256": "listed", "file.state": "CLOSED"}, True),
        ("some.list", {"file.sha256": "other", "file.state": "CLOSED"}, False),
        ("!some.list", {"file.sha256": "other", "file.state": "CLOSED"}, True),
        ("!some.list", {"file.sha256": "listed", "file.state": "CLOSED"}, False),
        ("!some.list", {"file.state": "UNKNOWN"}, False),
        ("!some.list", {"file.sha256": "other", "file.state": "TRUNCATED"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "names no file"), ("!", "names no file"))

    def __init__(self, hashes: HashList) -> None:
        self.hashes = hashes

    @classmethod
    def parse(cls, text: str) -> FileSha256:
        return cls(hash_list("sha256", text, cls.syntax))

    def place(self, draft: Draft) -> None:
        self.hashes.declare(self.name, draft)
        super().place(draft)

    def holds(self, file: File) -> bool:
        return self.hashes.holds(file)


register(FileSha256)

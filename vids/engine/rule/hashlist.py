"""What filemd5, filesha1 and filesha256 share: the digest of a file, looked up in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from vids.engine.proto.digest import DIGESTS
from vids.engine.proto.file import File
from vids.engine.rule.dataset import DataSet
from vids.engine.rule.error import RuleError
from vids.engine.rule.filetest import tests_of
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

HASHES: Final = "hashes"  # the format of their files: one digest a line, in hexadecimal
MOST: Final = 1 << 40  # bytes of a list: who loads it has the memory


@final
class HashList:
    """A list by its file, and whether the digest must not be in it."""

    def __init__(self, kind: str, path: str, is_negated: bool) -> None:
        self.which: i64 = DIGESTS[kind]
        self.kind = kind
        self.path = path
        self.is_negated = is_negated
        self.values = DataSet(path, kind)

    def declare(self, keyword: str, draft: Draft) -> None:
        """Take the list of a rule: one for all rules of the same folder that name its file."""
        folder = draft.rule.path.rpartition("/")[0]
        values, is_new = draft.resources.datasets.declare(f"{keyword}:{folder}/{self.path}", self.kind)
        if is_new:
            values.keyword = keyword
            values.rule_path = draft.rule.path
            values.load = self.path
            values.format = HASHES
            values.memcap = MOST
        self.values = values
        draft.rule.datasets.append(values)
        draft.rule.file_needs |= self.which
        tests_of(draft)

    def holds(self, file: File) -> bool:
        """Return whether the digest is known, and in the list or not as it should be."""
        digest = file.digest(self.which)
        return digest != b"" and self.values.has(digest) != self.is_negated


def hash_list(kind: str, text: str, syntax: str) -> HashList:
    """Return the list that an option names. Raises RuleError."""
    path = text.removeprefix("!").strip()
    if not path or "\n" in path:
        raise RuleError(f"{short(text)} names no file (expected {syntax})")
    return HashList(kind, path, text.startswith("!"))

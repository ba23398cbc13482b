"""Tests of the files of a transaction: all of a rule's must hold for one and the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.digest import MAGIC
from vids.engine.proto.file import File
from vids.engine.proto.table import FIELDS, PROTOCOLS
from vids.engine.proto.transaction import COMPLETE, Transaction
from vids.engine.rule.keyword import APPLICATION, Keyword, TransactionCheck
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SOURCE: Final = "Suricata user guide, rules, file keywords"
CARRIERS: Final = tuple([protocol.name for protocol in PROTOCOLS if "file.data" in FIELDS[protocol.name]])
WITHOUT_MAGIC: Final = "file.magic (no libmagic: install 'vids[magic]' or the system's libmagic and python-magic)"


class FileTest(Keyword):
    """A test of one file."""

    group: ClassVar[str] = APPLICATION

    def place(self, draft: Draft) -> None:
        tests_of(draft).tests.append(self)

    def holds(self, file: File) -> bool:
        """Return whether this holds, however the file goes on."""
        raise NotImplementedError


@final
class FileTests(TransactionCheck):
    """All tests of files of one rule: some file of the side must pass them all, or there must be one."""

    def __init__(self) -> None:
        self.tests: list[FileTest] = []

    def asked_of(self) -> tuple[str, ...]:
        return CARRIERS

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return 0 if self.found(transaction, to_server) else COMPLETE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        return bool(self.found(transaction, to_server))

    def found(self, transaction: Transaction, to_server: bool) -> list[File]:
        """Return the files that pass."""
        return [file for file in transaction.files if file.to_server == to_server and self._pass(file)]

    def _pass(self, file: File) -> bool:
        for test in self.tests:
            if not test.holds(file):
                return False
        return True


def tests_of(draft: Draft) -> FileTests:
    """Return the tests of files of a rule, made now if there were none; where nothing carries files, let it wait."""
    for check in draft.rule.transaction_checks:
        if isinstance(check, FileTests):
            return check
    tests = FileTests()
    draft.rule.transaction_checks.append(tests)
    if not CARRIERS:
        draft.rule.waiting.append("files")
    return tests


def need_magic(draft: Draft) -> None:
    """Note that a rule asks for kinds of files; let it wait where nobody knows them."""
    draft.rule.file_needs |= MAGIC
    if draft.resources.magic is None and WITHOUT_MAGIC not in draft.rule.waiting:
        draft.rule.waiting.append(WITHOUT_MAGIC)


def add_content(draft: Draft, buffer: str, content: Content) -> None:
    """Let a content without regard to case look into a buffer that its keyword names by itself."""
    content.is_nocase = True
    content.folded = content.pattern.lower()
    draft.inspection_of(buffer).checks.append(content)
    draft.last = content
    draft.last_buffer = buffer

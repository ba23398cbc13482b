"""filestore: keep the file that the rule matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.digest import STORED
from vids.engine.proto.file import Orders
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.filetest import SOURCE, FileTests, tests_of
from vids.engine.rule.keyword import STATE, Effect, register
from vids.engine.rule.rule import Rule
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SIDES: Final[dict[str, tuple[bool, ...]]] = {  # of the files to store: to_server or not
    "request": (True,), "to_server": (True,), "response": (False,), "to_client": (False,), "both": (True, False),
}  # fmt: skip
FILE: Final = "file"
FLOW: Final = "flow"
SCOPES: Final[dict[str, str]] = {"file": FILE, "tx": "tx", "ssn": FLOW, "flow": FLOW}


@final
class Filestore(Effect):
    """Store the file that the rule matches; it matches only where there is one.

    The scope `tx` is all files of the transaction, `flow` (or `ssn`) all of its flow from now on; a direction says of
    which side. Files are stored where `outputs.file-store` is enabled, under their SHA-256.
    """

    name: ClassVar[str] = "filestore"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "filestore[:request|to_server|response|to_client|both[,file|tx|ssn|flow]];"
    source: ClassVar[str] = f"{SOURCE}, filestore"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("to_sever", "to_server?"),
        ("both,everything", "is not a scope"),
        ("both,tx,now", "expected"),
    )

    def __init__(self, sides: tuple[bool, ...], scope: str) -> None:
        self.sides = sides  # none: the side that matched
        self.scope = scope
        self.rule = Rule()
        self.tests = FileTests()

    @classmethod
    def parse(cls, text: str) -> Filestore:
        words = [word.strip() for word in text.lower().split(",")] if text else []
        if len(words) > 2:
            raise RuleError(f"{short(text)} is too much (expected {cls.syntax})")
        if words and words[0] not in SIDES:
            raise RuleError(f"{short(words[0])} is not a side{nearest(words[0], list(SIDES)) or f' ({cls.syntax})'}")
        if len(words) > 1 and words[1] not in SCOPES:
            raise RuleError(f"{short(words[1])} is not a scope ({cls.syntax})")
        return cls(SIDES[words[0]] if words else (), SCOPES[words[1]] if len(words) > 1 else FILE)

    def place(self, draft: Draft) -> None:
        self.rule = draft.rule
        self.tests = tests_of(draft)
        draft.rule.file_needs |= STORED
        draft.rule.effects.append(self)

    def act(self, view: View) -> None:
        transaction = view.transaction
        if transaction is None:
            return
        sides = self.sides or (view.to_server,)
        if self.scope == FILE:
            if view.to_server in sides:
                for file in self.tests.found(transaction, view.to_server):
                    file.want(self.rule.sid)
            return
        conversation = _conversation(view)
        for to_server in sides:
            if self.scope == FLOW and conversation is not None:
                if conversation.orders is None:
                    conversation.orders = Orders()
                conversation.orders.add(self.rule.sid, to_server)
                for other in conversation.transactions:
                    self._want_all(other, to_server)
            else:
                if transaction.orders is None:
                    transaction.orders = Orders()
                transaction.orders.add(self.rule.sid, to_server)
            self._want_all(transaction, to_server)

    def _want_all(self, transaction: Transaction, to_server: bool) -> None:
        for file in transaction.files:
            if file.to_server == to_server:
                file.want(self.rule.sid)


def _conversation(view: View) -> Conversation | None:
    app = None if view.flow is None else view.flow.app
    return app.conversation if isinstance(app, Dialogue) else None


register(Filestore)

"""What both directions of a connection share: which requests wait for their response."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.http.target import Target
from vids.engine.proto.http.transaction import NOT_SEEN, STARTED, HttpTransaction
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import Settings

TOO_MANY: Final = "too_many_transactions"
UNMATCHED: Final = "unable_to_match_response_to_request"


class HttpTalk(Conversation):
    """Pairs requests with responses, in their order (RFC 9112, section 9.3)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.waiting: list[HttpTransaction] = []  # whose response is not complete, oldest first
        self.n_given_up: i64 = 0  # requests whose response may still come, but were too many to wait
        self.n_bombs: i64 = 0  # compression bombs so far

    def begin_request(self) -> HttpTransaction:
        """Return a new transaction, whose request begins; when too many wait, the oldest is given up."""
        if len(self.waiting) >= self.settings.http_max_transactions:
            oldest = self.waiting.pop(0)
            self.n_given_up += 1
            oldest.event(TOO_MANY)
            oldest.request_progress = oldest.response_progress = COMPLETE
            self.changed(oldest, True)
            self.changed(oldest, False)
            self.due(oldest)
        tx = HttpTransaction(self.n_transactions)
        tx.request_progress = STARTED
        self.begin(tx)
        self.waiting.append(tx)
        return tx

    def answered(self) -> HttpTransaction:
        """Return the transaction whose response begins: of the request that waits longest, or of one nobody saw."""
        if self.n_given_up > 0:
            self.n_given_up -= 1
        elif self.waiting:
            return self.waiting[0]
        tx = HttpTransaction(self.n_transactions)
        tx.uri_raw = NOT_SEEN
        tx.target = Target()
        tx.target.path = NOT_SEEN
        tx.request_progress = COMPLETE
        tx.event(UNMATCHED)
        self.begin(tx)
        return tx

    def end_request(self, tx: HttpTransaction) -> None:
        """Note that a request is complete."""
        tx.request_progress = COMPLETE
        self.changed(tx, True)
        if tx.is_complete():
            self.due(tx)

    def end_response(self, tx: HttpTransaction) -> None:
        """Note that a response is complete: the next one answers the next request."""
        if self.waiting and self.waiting[0] is tx:
            self.waiting.pop(0)
        tx.response_progress = COMPLETE
        self.changed(tx, False)
        if tx.is_complete():
            self.due(tx)

    def answer_connect(self, tx: HttpTransaction) -> None:
        """Let requests go on that waited for what a CONNECT is answered."""
        raise NotImplementedError

    def refuse_body(self, tx: HttpTransaction) -> None:
        """Note that the server wants no body of a request that asked first (Expect: 100-continue)."""
        raise NotImplementedError

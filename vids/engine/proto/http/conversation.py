"""HTTP/1.x and 0.9 on one connection (RFC 9110, RFC 9112), read as clients and servers would."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.proto.http.request import Requests
from vids.engine.proto.http.response import Responses
from vids.engine.proto.http.talk import HttpTalk
from vids.engine.proto.http.transaction import HttpTransaction
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import Settings


@final
class HttpConversation(HttpTalk):
    """Both directions of one connection."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.requests = Requests(settings)
        self.responses = Responses(settings)
        self._ended_to_server = False
        self._ended_to_client = False

    def feed(self, data: bytes, to_server: bool) -> None:
        if to_server:
            self.requests.feed(self, data)
        else:
            self.responses.feed(self, data)

    def gap(self, length: i64, to_server: bool) -> None:
        if to_server:
            self.requests.gap(self, length)
        else:
            self.responses.gap(self, length)

    def close(self, to_server: bool, is_truncated: bool) -> None:
        if to_server:
            self._ended_to_server = True
            self.requests.close(self, is_truncated)
        else:
            self._ended_to_client = True
            self.responses.close(self, is_truncated)
        if self._ended_to_server and self._ended_to_client:
            self._end_all()

    def _end_all(self) -> None:
        """End the transactions that were never answered."""
        for tx in self.transactions:
            if tx.request_progress < COMPLETE:
                tx.request_progress = COMPLETE
                self.changed(tx, True)
            if tx.response_progress < COMPLETE:
                tx.response_progress = COMPLETE
                self.changed(tx, False)
            self.due(tx)
        self.waiting = []

    def answer_connect(self, tx: HttpTransaction) -> None:
        held = self.requests.answer(self, tx, bool(self.next_protocol))
        if self.next_protocol:
            self.rest_to_server = held
        elif held:
            self.requests.feed(self, held)

    def refuse_body(self, tx: HttpTransaction) -> None:
        self.requests.skip_body(self, tx)

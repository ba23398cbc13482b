"""The one transaction of a TLS connection: its handshake, as both sides say it in the clear."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.certificate import Certificate, parse_certificate
from vids.engine.proto.tls.eve import tls_object
from vids.engine.proto.tls.hello import Hello
from vids.engine.proto.tls.version import UNKNOWN
from vids.engine.proto.transaction import COMPLETE, Transaction
from vids.engine.settings import Settings

# Progress of the client's side, and of the server's, by the reference engine's names
CLIENT_STATES: Final[dict[int, str]] = {
    0: "client_in_progress",
    1: "client_hello_done",
    2: "client_cert_done",
    3: "client_handshake_done",
    COMPLETE: "client_finished",
}
SERVER_STATES: Final[dict[int, str]] = {
    0: "server_in_progress",
    1: "server_hello",
    2: "server_cert_done",
    3: "server_hello_done",
    4: "server_handshake_done",
    COMPLETE: "server_finished",
}
HELLO: Final = 1
CERTIFICATE: Final = 2
SERVER_HELLO_DONE: Final = 3
CLIENT_DONE: Final = 3
SERVER_DONE: Final = 4


@final
class Peer:
    """What one side said."""

    def __init__(self) -> None:
        self.version: i64 = UNKNOWN  # that it means: of its records, then of its hello
        self.hello: Hello | None = None  # the first; one of SSL 2.0 leaves none
        self.n_hellos: i64 = 0
        self.certificates = b""  # length (3 bytes) and DER of each, as they stand in their message
        self.certificate: Certificate | None = None  # the first of them
        self.has_exchanged_key = False

    def chain(self) -> list[bytes]:
        """Return each certificate in DER, as far as their lengths make sense."""
        found: list[bytes] = []
        data = self.certificates
        at: i64 = 0
        while at + 3 <= len(data):
            end = at + 3 + (i64(data[at]) << 16 | i64(data[at + 1]) << 8 | i64(data[at + 2]))
            if end > len(data):
                break
            found.append(data[at + 3 : end])
            at = end
        return found

    def take_certificates(self, data: bytes) -> str:
        """Keep a list of certificates; return the event of what is wrong with it, or with the first of them."""
        if not data:
            return ""
        self.certificates = data
        chain = self.chain()
        if not chain:
            return "invalid_certificate"
        self.certificate = parse_certificate(chain[0])
        if sum([3 + len(der) for der in chain]) != len(data):
            return self.certificate.event or "invalid_certificate"
        return self.certificate.event

    def has_certificate(self) -> bool:
        """Return whether it showed one that can be read."""
        return self.certificate is not None and self.certificate.has_names


@final
class TlsTransaction(Transaction):
    """The handshake."""

    def __init__(self, number: i64, settings: Settings, previous: str) -> None:
        super().__init__(number)
        self.settings = settings
        self.previous = previous  # what the flow spoke before (STARTTLS); "" where it began with TLS
        self.client = Peer()
        self.server = Peer()
        self.wants_client_certificate = False
        self.is_server_done = False  # it said all that it says before the client answers

    def reach(self, to_server: bool, progress: i64) -> None:
        """Bring a side forward, never back."""
        if to_server:
            self.request_progress = max(self.request_progress, progress)
        else:
            self.response_progress = max(self.response_progress, progress)

    def is_retried(self) -> bool:
        """Return whether the server asked for another ClientHello, so that each side says hello twice."""
        return self.server.hello is not None and self.server.hello.is_retry()

    def is_told(self) -> bool:
        """Return whether all certificates were shown that will be."""
        if self.wants_client_certificate:
            return self.client.has_certificate()
        return self.is_server_done and self.server.has_certificate()

    def peer(self, to_server: bool) -> Peer:
        """Return the side that speaks in that direction."""
        return self.client if to_server else self.server

    def is_resumed(self) -> bool:
        """Return whether the client goes on with an earlier session, or offers to (RFC 8446, appendix D; RFC 5077)."""
        client, server = self.client.hello, self.server.hello
        if client is None:
            return False
        if client.has_ticket:
            return True
        return server is not None and len(client.session_id) > 0 and client.session_id == server.session_id

    def is_without_certificate(self) -> bool:
        """Return whether the server's certificate is encrypted."""
        return self.server.hello is not None and self.server.hello.is_without_certificate()

    def is_worth_a_record(self) -> bool:
        """Return whether it came so far that something can be told of the server."""
        if self.server.has_certificate() or self.is_without_certificate():
            return True
        return self.settings.tls_session_resumption and self.is_resumed()

    def record(self) -> dict[str, object]:
        """Return EVE's `tls`."""
        return tls_object(self)

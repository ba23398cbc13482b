"""A transaction of QUIC: one packet that can be read, on one side."""

from __future__ import annotations

import hashlib
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.quic.eve import quic_object
from vids.engine.proto.quic.frame import GoogleHello
from vids.engine.proto.quic.header import Q043, Q044, Q045, Q046, Header
from vids.engine.proto.tls.hello import Hello
from vids.engine.proto.transaction import COMPLETE, Transaction

# Q045 is 44 in CYU, as its authors' analyser has it
CYU_VERSIONS: Final[dict[int, str]] = {Q043: "43", Q044: "44", Q045: "44", Q046: "46"}


@final
class QuicTransaction(Transaction):
    """What is known of a connection from one packet. The other side is complete from the start."""

    def __init__(self, number: i64, header: Header, is_client: bool) -> None:
        super().__init__(number)
        self.version = header.version
        self.version_bytes = header.version_bytes
        self.is_client = is_client
        self.hello: Hello | None = None  # that this packet completed
        self.google_hellos: list[GoogleHello] = []
        self.request_progress = COMPLETE
        self.response_progress = COMPLETE

    def is_from_client(self) -> bool:
        """Return whether the client sent the packet."""
        return self.is_client

    def server_name(self) -> bytes:
        """Return the name of the server that the client asks for, if it does."""
        if self.hello is not None and self.hello.name:
            return self.hello.name
        for hello in self.google_hellos:
            if hello.server:
                return hello.server
        return b""

    def user_agent(self) -> bytes:
        """Return the user agent of Google's hello."""
        for hello in self.google_hellos:
            if hello.agent:
                return hello.agent
        return b""

    def cyu_strings(self) -> list[bytes]:
        """Return what CYU is computed from: version and tags of each of Google's hellos."""
        version = CYU_VERSIONS.get(int(self.version), "")
        if not version:
            return []
        return [f"{version},{'-'.join(hello.tags)}".encode() for hello in self.google_hellos]

    def cyu_hashes(self) -> list[bytes]:
        """Return CYU: an MD5 in hexadecimal of each."""
        strings = self.cyu_strings()
        return [hashlib.md5(text, usedforsecurity=False).hexdigest().encode() for text in strings]

    def record(self) -> dict[str, object]:
        """Return EVE's `quic`."""
        return quic_object(self)

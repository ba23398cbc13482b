"""DCE/RPC packets (C706, chapter 12), and SMB1 messages that carry them (MS-CIFS 2.2)."""

from __future__ import annotations

import struct
import uuid

from captures.tape import Host, Session, Tape

BIND, BIND_ACK, REQUEST = 11, 12, 0
NDR = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860")  # the transfer syntax that all agree on
COM_TRANSACTION, COM_ECHO, COM_TRANSACTION2, COM_TRANSACTION2_SECONDARY = 0x25, 0x2B, 0x32, 0x33
COM_NT_TRANSACT, COM_NT_TRANSACT_SECONDARY = 0xA0, 0xA1


def pdu(kind: int, body: bytes) -> bytes:
    """Return a packet that is its call's first and last fragment, little endian."""
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0, 1) + body


def bind(interface: uuid.UUID, version: int) -> bytes:
    """Return the packet that asks for an interface."""
    syntax = interface.bytes_le + struct.pack("<I", version) + NDR.bytes_le + struct.pack("<I", 2)
    return pdu(BIND, struct.pack("<HHIB3xHBx", 5840, 5840, 0, 1, 0, 1) + syntax)


def bind_ack() -> bytes:
    """Return the packet that grants it."""
    result = struct.pack("<HH", 0, 0) + NDR.bytes_le + struct.pack("<I", 2)
    return pdu(BIND_ACK, struct.pack("<HHIH2xB3x", 5840, 5840, 1, 0, 1) + result)


def call(operation: int, stub: bytes) -> bytes:
    """Return the packet that calls an operation of the interface."""
    return pdu(REQUEST, struct.pack("<IHH", len(stub), 0, operation) + stub)


def string(text: str) -> bytes:
    """Return a conformant varying string: three counts, then UTF-16 with its terminator, padded to four bytes."""
    data = (text + "\0").encode("utf-16-le")
    return struct.pack("<III", len(text) + 1, 0, len(text) + 1) + data + b"\0" * (-len(data) % 4)


def smb1(
    command: int,
    words: bytes = b"",
    data: bytes = b"",
    mid: int = 64,
    status: int = 0,
    is_answer: bool = False,
    length: int = 0,
) -> bytes:
    """Return an SMB1 message with its length in front; `length` says more than there is."""
    flags, flags2 = (0x98 if is_answer else 0x18), 0xC007
    header = struct.pack("<4sBIBH12xHHHH", b"\xffSMB", command, status, flags, flags2, 0x0800, 0xFEFF, 0x0800, mid)
    message = header + bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data
    return struct.pack(">I", length or len(message)) + message


def pipe(packet: bytes) -> bytes:
    """Return a transaction that hands a packet to an open named pipe (TransactNmPipe)."""
    name = b"\0" + "\\PIPE\\\0".encode("utf-16-le")
    offset = 32 + 1 + 32 + 2 + len(name)  # of the packet, from the SMB header
    counts = (0, len(packet), 0, 1024, 0, 0, 0, 0, 0, 0, offset, len(packet), offset, 2, 0x26, 0x4000)
    return smb1(COM_TRANSACTION, struct.pack("<4HBBHIHHHHHBxHH", *counts), name + packet)


def conversation(
    tape: Tape, client: Host, server: Host, interface: uuid.UUID, version: int, operation: int, stub: bytes
) -> Session:
    """Add a session on port 445 that binds an interface over a pipe and calls one operation."""
    session = tape.session(client, server, 445)
    session.send(pipe(bind(interface, version)))
    session.reply(smb1(COM_TRANSACTION, data=bind_ack(), is_answer=True))
    session.send(pipe(call(operation, stub)))
    session.close()
    return session

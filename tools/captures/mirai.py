"""Mirai: its logins by telnet, and its question for a busybox."""

from __future__ import annotations

from captures.tape import OTHER, VICTIM, WORM, Capture, Host, Tape

OPTIONS = bytes.fromhex("fffd01fffd1f")  # the server asks for echo and window size (RFC 854)
REFUSED = bytes.fromhex("fffc01fffc1f")


def login(
    tape: Tape, user: bytes, password: bytes, port: int = 23, lines: tuple[bytes, ...] = (), end: bytes = b"# "
) -> None:
    """Add a telnet session: login, lines of a shell, and what the device says last."""
    session = tape.session(WORM, VICTIM, port)
    session.reply(OPTIONS + b"login: ")
    session.send(REFUSED)
    session.send(user + b"\r\n")
    session.reply(b"Password: ")
    session.send(password + b"\r\n")
    for line in lines:
        session.send(line + b"\r\n")
    session.reply(end)
    session.close()


def get(tape: Tape, client: Host, server: Host, data: bytes) -> None:
    session = tape.session(client, server, 80)
    session.send(b"GET /mirai.txt HTTP/1.0\r\n\r\n")
    session.reply(data)
    session.close()


def fires(tape: Tape) -> None:
    way = (b"enable", b"system", b"shell", b"sh", b"/bin/busybox MIRAI")
    login(tape, b"root", b"xc3511", lines=way, end=b"MIRAI: applet not found\r\n")
    login(tape, b"admin", b"7ujMko0admin", port=2323, lines=(b"/bin/busybox ECCHI",))


def near_miss(tape: Tape) -> None:
    login(tape, b"root", b"correct horse", lines=(b"busybox", b"/bin/busybox wget http://10.20.0.5/fw.bin"))
    login(tape, b"admin", b"admin", lines=(b"enable", b"system", b"show version"))
    login(tape, b"root", b"xc3511", port=2300, lines=(b"/bin/busybox ECCHI",))
    lines = b"root\r\nxc3511\r\nadmin\r\nmeinsm\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox ECCHI\r\n"
    login(tape, b"operator", b"vizxv", lines=(b"/bin/busybox MIRAI --help",), end=lines)
    login(tape, b"user", b"zlxx", lines=(b"MIRAI: applet not found",), end=b"busybox: applet not found")
    get(tape, OTHER, VICTIM, b"root\r\nxc3511\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox MIRAI\r\n")


CAPTURES = (
    Capture(
        110,
        "mirai.pcap",
        "a bot logs in with a factory password, finds a shell, asks for a busybox and is answered; one of its kin on "
        "port 2323",
        "two TCP sessions, a segment for each line",
        {1000801: 1, 1000802: 1, 1000803: 1, 1000804: 1, 1000805: 1, 1000806: 1},
        fires,
    ),
    Capture(
        120,
        "mirai_near_miss.pcap",
        "people at work by telnet; the bot on another port; other users and questions; the bot's lines said by a "
        "device, and as a file from a web server",
        "as mirai.pcap, one condition off each",
        {},
        near_miss,
    ),
)

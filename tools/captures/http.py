"""HTTP requests and answers, as short as they may be."""

from __future__ import annotations

from captures.tape import Host, Tape

NOT_FOUND = b"HTTP/1.0 404 Not Found\r\n\r\n"


def request(path: bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    """Return a request of HTTP/1.0, with the length of its body if it has one."""
    if body:
        headers = (*headers, b"Content-Length: %d" % len(body))
    return b"\r\n".join((method + b" " + path + b" HTTP/1.0", *headers, b"", body))


def page(body: bytes) -> bytes:
    """Return an answer that holds a page."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def visit(tape: Tape, client: Host, server: Host, asked: bytes, answer: bytes = NOT_FOUND) -> None:
    """Add one session that asks once and is answered."""
    session = tape.session(client, server, 80)
    session.send(asked)
    session.reply(answer)
    session.close()

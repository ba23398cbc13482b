"""The target of a request (RFC 9112, section 3.2): its parts, and the form that rules look into.

Servers undo encodings differently. What rules see is undone as far as any server would: percent signs, %u, overlong
UTF-8, backslashes, doubled slashes and dot segments, each once; twice where the settings say so.
"""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.http.bestfit import best_fit, fold_utf8
from vids.engine.settings import Settings

SCHEME: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*):(?=/)")
AUTHORITY_END: Final = re.compile(rb"[/?#]")
ODD: Final = re.compile(rb"[%\\\x80-\xff]|//|/\.|\A\.")  # no path without these needs to be changed
SLASHES: Final = re.compile(rb"/{2,}")
MAX_HOST: Final = 255  # bytes (RFC 1035, section 2.3.4)
MAX_LABEL: Final = 63
LABEL: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
LABEL_BYTES: Final = bytes(sorted(LABEL))
HEX: Final = b"0123456789abcdefABCDEF"
PAIRS: Final = {bytes((a, b)): bytes.fromhex(chr(a) + chr(b)) for a in HEX for b in HEX}
BYTES: Final = tuple(bytes((n,)) for n in range(256))


@final
class Target:
    """The parts of a request target; None is one that is not there."""

    def __init__(self) -> None:
        self.scheme: bytes | None = None
        self.user: bytes | None = None
        self.password: bytes | None = None
        self.host: bytes | None = None  # in lower case
        self.port: bytes | None = None
        self.path: bytes | None = None  # decoded
        self.query: bytes | None = None  # as sent
        self.fragment: bytes | None = None  # decoded


def parse_target(text: bytes) -> Target:
    """Take a target apart: a path, an absolute URI, or an asterisk."""
    target = Target()
    rest = text
    if not text.startswith(b"/"):
        match = SCHEME.match(text)
        if match is not None:
            target.scheme = match[1].lower()
            rest = text[match.end() :]
            if rest.startswith(b"//") and not rest.startswith(b"///"):
                rest = _parse_authority(target, rest[2:])
    at = rest.find(b"#")
    if at >= 0:
        target.fragment = undo_percent(rest[at + 1 :])
        rest = rest[:at]
    at = rest.find(b"?")
    if at >= 0:
        target.query = rest[at + 1 :]
        rest = rest[:at]
    if rest:
        target.path = normal_path(rest)
    return target


def parse_connect_target(text: bytes) -> Target:
    """Take the target of CONNECT apart: a host and a port."""
    target = Target()
    target.host, target.port, _ = split_host(text)
    if target.host is not None:
        target.host = target.host.lower()
    return target


def _parse_authority(target: Target, rest: bytes) -> bytes:
    """Read user, password, host and port; return what follows them."""
    match = AUTHORITY_END.search(rest)
    authority = rest if match is None else rest[: match.start()]
    at = authority.rfind(b"@")
    if at >= 0:
        user, colon, password = authority[:at].partition(b":")
        target.user = user
        if colon:
            target.password = password
    host, port, _ = split_host(authority[at + 1 :])
    if host is not None:
        target.host = undo_percent(host).lower().rstrip(b".")
    target.port = port
    return b"" if match is None else rest[match.start() :]


def split_host(text: bytes) -> tuple[bytes | None, bytes | None, bool]:
    """Return host, port, and whether both are well formed; None is one that is not there."""
    text = text.strip(b" ")
    end = text.find(b"]") + 1 if text.startswith(b"[") else text.find(b":")
    if end <= 0:
        end = 0 if end == 0 and text.startswith(b":") else len(text)
    host = text[:end].rstrip(b" ")
    rest = text[end:]
    if not host:
        return None, None, False
    is_valid = is_host(host)
    if not rest:
        return host, None, is_valid
    port = rest[1:].strip(b" ")
    if not rest.startswith(b":") or not port:
        return host, None, False
    return host, port, is_valid and port_number(port) > 0


def port_number(text: bytes) -> i64:
    """Return the number of a port; -1 for what is none."""
    if not text.isdigit() or len(text) > 5:
        return -1
    number = int(text)
    return number if 0 < number < 65536 else -1


def is_host(text: bytes) -> bool:
    """Return whether this can be the name or address of a host; underscores do occur."""
    if not text or len(text) > MAX_HOST:
        return False
    if text.startswith(b"[") and text.endswith(b"]"):
        return _is_ipv6(text[1:-1])
    if text.startswith(b"."):
        return False
    labels = text.split(b".")
    if not labels[-1]:
        labels.pop()  # the root
    for label in labels:
        if not label or len(label) > MAX_LABEL or label.translate(None, LABEL_BYTES):
            return False
    return True


def _is_ipv6(text: bytes) -> bool:
    """Return whether this is an IPv6 address (RFC 4291, section 2.2), by the count and form of its groups."""
    head, double, tail = text.partition(b"::")
    if double and b"::" in tail:
        return False
    groups = (head.split(b":") if head else []) + (tail.split(b":") if tail else [])
    n_groups = len(groups)
    if groups and b"." in groups[-1]:
        octets = groups.pop().split(b".")
        n_groups += 1
        if len(octets) != 4 or not all(o.isdigit() and len(o) <= 3 and int(o) < 256 for o in octets):
            return False
    if not all(0 < len(group) <= 4 and not group.translate(None, HEX) for group in groups):
        return False
    return n_groups < 8 if double else n_groups == 8


def undo_percent(data: bytes) -> bytes:
    """Decode %XX and %uXXXX once; what is neither stays as it is."""
    if b"%" not in data:
        return data
    parts = data.split(b"%")
    out = [parts[0]]
    for part in parts[1:]:
        pair = PAIRS.get(part[:2])
        if pair is not None:
            out.append(pair)
            out.append(part[2:])
            continue
        high, low = PAIRS.get(part[1:3]), PAIRS.get(part[3:5])
        if part[:1] in (b"u", b"U") and high is not None and low is not None:
            out.append(BYTES[best_fit((high[0] << 8) | low[0])])
            out.append(part[5:])
        else:
            out.append(b"%")
            out.append(part)
    return b"".join(out)


def normal_path(path: bytes) -> bytes:
    """Return a path with all its encodings undone."""
    if ODD.search(path) is None:
        return path
    path = fold_utf8(undo_percent(path)).replace(b"\\", b"/")
    if b"//" in path:
        path = SLASHES.sub(b"/", path)
    return remove_dots(path)


def remove_dots(path: bytes) -> bytes:
    """Return a path without its dot segments (RFC 3986, section 5.2.4), nor the slash behind the last of them."""
    if b"/." not in path and not path.startswith(b"."):
        return path
    segments = path.split(b"/")
    at: i64 = 0
    out: list[bytes] = []
    if path.startswith(b"/"):
        at = 1
    else:
        while at < len(segments) and segments[at] in (b".", b".."):
            at += 1
        if at == len(segments):
            return b""
        out.append(segments[at])
        at += 1
    is_dots = False  # the segment before
    for n in range(at, len(segments)):
        segment = segments[n]
        if segment == b".":
            is_dots = True
        elif segment == b"..":
            is_dots = True
            if out:
                out.pop()
        elif segment or not is_dots or n + 1 < len(segments):
            is_dots = False
            out.append(b"/" + segment)
    return b"".join(out)


def normal_uri(target: Target, settings: Settings) -> tuple[bytes, bool]:
    """Return what `http.uri` is, b"" for nothing, and whether something was encoded twice (if the settings look)."""
    is_double = False
    path = target.path or b""
    if settings.http_double_decode_path and b"%" in path:
        twice = undo_percent(path)
        is_double = len(twice) < len(path)
        path = twice
    uri = path
    if target.query is not None:
        query = target.query
        if settings.http_query_plus_decode:
            query = query.replace(b"+", b" ")
        query = undo_percent(query)
        if settings.http_double_decode_query and b"%" in query:
            twice = undo_percent(query)
            is_double = is_double or len(twice) < len(query)
            query = twice
        uri = uri + b"?" + query
    if target.fragment is not None:
        uri = uri + b"#" + target.fragment
    if settings.http_uri_include_all:
        uri = _before_path(target) + uri
    return uri, is_double


def _before_path(target: Target) -> bytes:
    text = b"" if target.scheme is None else target.scheme + b"://"
    if target.user is not None:
        text += target.user + b":" + (target.password or b"") + b"@"
    text += target.host or b""
    if target.port is not None:
        text += b":" + target.port
    return text

"""ip.src: the source address, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class IpSrc(Buffer):
    """Look into the source address: 4 or 16 bytes, as in the header. It is meant for data sets."""

    name: ClassVar[str] = "ip.src"
    syntax: ClassVar[str] = "ip.src;"
    source: ClassVar[str] = "Suricata user guide, rules, ip keywords, ip.src"
    cases: ClassVar[Cases] = (
        ("", {"ip_version": 4, "address_at": 0, "data": b"abcdefgh", "gives": b"abcd"}, True),
        ("", {"is_stream": True, "flow.id": 1, "to_server": True, "gives": b"\x0a\0\0\1"}, True),
        ("", {"is_stream": True, "flow.id": 1, "to_server": False, "gives": b"\x0a\0\0\2"}, True),
        ("", {}, False),
    )

    def place(self, draft: Draft) -> None:
        draft.open_buffer(self.name, self)  # a stream has it as a packet does

    def read(self, view: View) -> bytes | None:
        return view.source() or None


register(IpSrc)

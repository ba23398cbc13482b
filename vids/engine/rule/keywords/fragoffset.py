"""fragoffset: where in its packet a fragment belongs."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class FragOffset(HeaderNumber):
    """Match the fragment offset as it stands in the IPv4 header, in units of 8 bytes."""

    name: ClassVar[str] = "fragoffset"
    syntax: ClassVar[str] = "fragoffset:[<|>|<=|>=|!]N; or fragoffset:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, fragoffset"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("0", {"ip_version": 4, "fragment_offset": 0}, True),
        ("3", {"ip_version": 4, "fragment_offset": 24}, True),
        (">3", {"ip_version": 4, "fragment_offset": 24}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "fragoffset"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.fragment_offset >> 3 if view.packet.ip_version == 4 else -1


register(FragOffset)

"""Exception policies: what becomes of traffic that cannot be inspected as it should (Suricata user guide, same name).

A policy is a word of the reference engine: drop-flow, drop-packet, reject, bypass, pass-flow, pass-packet, ignore.
"""

from __future__ import annotations

from typing import Final, final

from vids.engine.flow.flow import Flow
from vids.engine.settings import Settings

IGNORE: Final = "ignore"
DROP_FLOW: Final = "drop-flow"
DROP_PACKET: Final = "drop-packet"
REJECT: Final = "reject"
BYPASS: Final = "bypass"
PASS_FLOW: Final = "pass-flow"
PASS_PACKET: Final = "pass-packet"
POLICIES: Final = (DROP_FLOW, DROP_PACKET, REJECT, BYPASS, PASS_FLOW, PASS_PACKET, IGNORE)
DROPPING: Final = (DROP_FLOW, DROP_PACKET)  # ignored where we are not inline


@final
class Policy:
    """The policy for one kind of exception, and how often it was applied."""

    def __init__(self, name: str, target: str, counter: str, reason: str) -> None:
        self.name = name  # one of POLICIES
        self.target = target  # the exception, as EVE's flow.exception_policy names it
        self.counter = counter  # and as its counters do
        self.reason = reason  # of a drop
        self.count = 0

    def note(self, flow: Flow | None) -> None:
        """Count one application, and tell the flow."""
        self.count += 1
        entry = (self.target, self.name.replace("-", "_"))
        if flow is not None and entry not in flow.exceptions:
            flow.exceptions = (*flow.exceptions, entry)


@final
class Policies:
    """All policies of an engine."""

    def __init__(self, settings: Settings) -> None:
        self.midstream = Policy(
            settings.midstream_policy, "stream_midstream", "exception_policy.tcp.midstream", "stream midstream"
        )
        self.reassembly = Policy(
            settings.reassembly_memcap_policy,
            "stream_reassembly_memcap",
            "exception_policy.tcp.reassembly",
            "stream reassembly",
        )
        self.flow = Policy(settings.flow_memcap_policy, "flow_memcap", "exception_policy.flow.memcap", "flow memcap")
        self.defrag = Policy(
            settings.defrag_memcap_policy, "defrag_memcap", "exception_policy.defrag.memcap", "defrag memcap"
        )
        self.is_any_for_tcp = self.midstream.name != IGNORE or self.reassembly.name != IGNORE

    def counters(self) -> dict[str, int]:
        """Return how often each policy but `ignore` was applied, by dotted EVE name."""
        counts: dict[str, int] = {}
        for policy in (self.defrag, self.flow, self.midstream, self.reassembly):
            if policy.name != IGNORE:
                counts[f"{policy.counter}.{policy.name.replace('-', '_')}"] = policy.count
        return counts

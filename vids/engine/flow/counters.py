"""What is counted of flows and connections, apart from the table itself."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.flow.flow import STATE_NAMES as FLOW_STATE_NAMES
from vids.engine.flow.flow import Flow
from vids.engine.flow.session import NONE, STATE_NAMES


@final
class EndCounters:
    """One counter per flow state and per TCP state."""

    def __init__(self) -> None:
        self._states: list[i64] = [0] * len(FLOW_STATE_NAMES)
        self._tcp_states: list[i64] = [0] * len(STATE_NAMES)

    def count(self, flow: Flow) -> None:
        """Count a flow that ended."""
        self._states[flow.state] += 1
        if flow.tcp is not None and flow.tcp.state != NONE:
            self._tcp_states[flow.tcp.state] += 1

    def by_name(self) -> dict[str, int]:
        """Return the counts by dotted EVE name."""
        counts: dict[str, int] = {}
        for state, name in enumerate(FLOW_STATE_NAMES):
            counts["flow.end.state." + ("local_bypassed" if name == "bypassed" else name)] = self._states[state]
        for state, name in enumerate(STATE_NAMES):
            counts["flow.end.tcp_state." + name] = self._tcp_states[state]
        return counts


@final
class TcpCounters:
    """What the packets of all connections were."""

    def __init__(self) -> None:
        self.sessions: i64 = 0
        self.syns: i64 = 0
        self.synacks: i64 = 0
        self.resets: i64 = 0
        self.urgents: i64 = 0
        self.midstream_pickups: i64 = 0
        self.invalid_checksums: i64 = 0
        self.unseen_acks: i64 = 0  # acknowledge bytes that were never seen
        self.openings_dropped: i64 = 0  # SYNs and SYN/ACKs that were forgotten, for there were too many

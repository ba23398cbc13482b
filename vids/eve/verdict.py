"""The final verdict on a packet, as alert and drop records carry it."""

from __future__ import annotations

from typing import Final

from vids.engine.event import Verdict
from vids.engine.packet.packet import TCP
from vids.eve.header import Record
from vids.eve.shape import Fields

VERDICT: Final[Fields] = {
    "action": {"alert", "pass", "drop"}, "reject_target?": {"to_server", "to_client", "both"}, "reject?": [str],
}  # fmt: skip


def verdict_record(verdict: Verdict, protocol: int) -> Record:
    """Return what became of a packet of this IP protocol."""
    record: Record = {"action": verdict.action}
    if verdict.is_rejected():
        record["reject_target"] = _target(verdict)
        record["reject"] = ["tcp-reset" if protocol == TCP else "icmp-prohib"]
    return record


def _target(verdict: Verdict) -> str:
    """Return who is told. The reference engine calls the packet's sender the client, whichever side that is."""
    if verdict.resets_client and verdict.resets_server:
        return "both"
    return "to_client" if verdict.resets_client else "to_server"

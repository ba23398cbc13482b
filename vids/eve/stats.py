"""The record of the counters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from vids.eve.header import Record
from vids.eve.shape import TIME, Fields, Ref
from vids.eve.timestamp import timestamp

COUNTERS: Final = (int, {"*": Ref("counters")})  # a number, or a branch of the tree
ENGINE: Final[Fields] = {"id": int, "rules_loaded": int, "rules_failed": int, "rules_skipped": int}
STATS_RECORD: Final[Fields] = {
    "timestamp": TIME, "event_type": str,
    "stats": {
        "uptime": int, "detect": {"engines": [ENGINE], "*": Ref("counters")},
        "replay?": {"load_seconds": float, "packets_seconds": float, "packets": int, "bytes": int},
        "*": Ref("counters"),
    },
}  # fmt: skip


class Load(Struct, frozen=True):
    """How the loading of the rules went."""

    loaded: int
    failed: int  # reported with their place, left out
    skipped: int  # wait for a keyword
    seconds: float


class Replay(Struct, frozen=True):
    """How long the packets of a replay took, and how many there were."""

    packets: int
    bytes: int
    seconds: float


def stats_record(
    timestamp_ns: int,
    counters: Mapping[str, int],
    load: Load,
    replay: Replay | None = None,
    with_decoder_events: bool = True,
) -> Record:
    """Return the counters as one tree: "decoder.ipv4" is stats.decoder.ipv4."""
    stats: Record = {"uptime": int(load.seconds + (replay.seconds if replay is not None else 0))}
    for name, value in counters.items():
        if with_decoder_events or not name.startswith("decoder.event."):
            _branch(stats, name.split(".")[:-1])[name.rpartition(".")[2]] = value
    engine = {
        "id": 0,
        "rules_loaded": load.loaded,
        "rules_failed": load.failed,
        "rules_skipped": load.skipped,
    }
    stats["detect"] = {"engines": [engine], **_branch(stats, ["detect"])}
    if replay is not None:
        stats["replay"] = {
            "load_seconds": round(load.seconds, 6),
            "packets_seconds": round(replay.seconds, 6),
            "packets": replay.packets,
            "bytes": replay.bytes,
        }
    return {"timestamp": timestamp(timestamp_ns), "event_type": "stats", "stats": stats}


def _branch(tree: Record, path: list[str]) -> Record:
    """Return the object at a path of the tree, made where it is missing."""
    for name in path:
        child = tree.setdefault(name, {})
        if not isinstance(child, dict):
            raise TypeError(f"counter {'.'.join(path)} is a number and a group at once")
        tree = child
    return tree

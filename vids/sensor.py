"""The loop: frames from a source go through the engine, what it says goes to the sinks. Replay and live are one."""

from __future__ import annotations

import gc
from typing import Protocol

from vids.capture.source import Source
from vids.engine.engine import Engine
from vids.engine.event import Event


class Sinks(Protocol):
    """Where events go."""

    def write(self, events: list[Event]) -> None:
        """Take the events of one batch, in order."""


def run(source: Source, engine: Engine, sinks: Sinks) -> dict[str, int]:
    """Move every frame from the source to a verdict, in arrival order; return the engine's counters."""
    gc.freeze()  # the rules stay for good: walking them at each collection took a tenth of the time
    for batch in source:  # capture/   frames with their time, from a file or a switch
        events = engine.feed(batch)  # engine/    decode, flows, streams, protocols, rules, verdicts
        sinks.write(events)  # eve/       records
    sinks.write(engine.close())
    return engine.counters()

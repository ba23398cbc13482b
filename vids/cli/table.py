"""What a replay found, as a table for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vids.engine.event import Alert, Event
from vids.engine.rule.rule import Rule
from vids.eve.address import address_text
from vids.eve.stats import Load, Replay
from vids.eve.text import visible
from vids.eve.timestamp import timestamp

MAX_PAIRS: Final = 1000  # source and destination pairs that are told apart, per rule: a scan has millions
WIDTH: Final = 160  # columns where there is no terminal

# Counters that say that something was not inspected, and the remedy where there is one.
BLIND: Final = (
    ("decoder.invalid", "packets malformed (--events anomaly names each)"),
    ("decoder.unknown_link_type", "frames of a link type that is not decoded"),
    ("tcp.invalid_checksum", "TCP segments with a wrong checksum left out (--checksums ignore takes them)"),
    ("tcp.reassembly_gap", "gaps in TCP streams: bytes that the capture does not hold"),
    ("tcp.stream_depth_reached", "TCP streams longer than stream.reassembly.depth"),
    ("tcp.segment_memcap_drop", "segments dropped at stream.reassembly.memcap"),
    ("tcp.segment_queue_drop", "segments dropped from a stream with too many holes"),
    ("flow.get_used", "flows ended early, at flow.max-flows"),
    ("detect.inspection_limit", "inspections stopped at detect.inspection-recursion-limit"),
    ("detect.alert_queue_overflow", "alerts beyond packet-alert-max"),
)


class _Group:
    """The alerts of one rule."""

    def __init__(self, first: Alert) -> None:
        self.rule: Rule = first.rule
        self.first_ns = int(first.timestamp_ns)
        self.n_alerts = 0
        self.n_blocked = 0
        self.pairs: dict[tuple[bytes, bytes], None] = {}

    def add(self, alert: Alert) -> None:
        self.n_alerts += 1
        self.n_blocked += alert.is_blocked
        self.first_ns = min(self.first_ns, alert.timestamp_ns)
        if len(self.pairs) < MAX_PAIRS:
            self.pairs[alert.source, alert.destination] = None

    def ends(self) -> str:
        """Return the first pair of addresses, and how many there are besides."""
        source, destination = next(iter(self.pairs))
        more = len(self.pairs) - 1
        besides = f" and {more}{'+' if len(self.pairs) == MAX_PAIRS else ''} more" if more else ""
        return f"{address_text(source, True) or '-'} -> {address_text(destination, True) or '-'}{besides}"


class AlertTable:
    """Gathers alerts by rule as they come."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, int], _Group] = {}

    def write(self, events: Iterable[Event]) -> None:
        """Count the alerts among the events."""
        for event in events:
            if isinstance(event, Alert):
                key = (event.rule.gid, event.rule.sid)
                group = self._groups.get(key)
                if group is None:
                    group = self._groups[key] = _Group(event)
                group.add(event)

    def show(self, console: Console, counters: Mapping[str, int], load: Load, replay: Replay) -> None:
        """Print the table, the totals, and what was not inspected."""
        groups = sorted(self._groups.values(), key=lambda group: (group.rule.priority, group.first_ns))
        if groups:
            console.print(_table(groups))
            console.print()
        n_alerts = sum(group.n_alerts for group in groups)
        rules = f"{load.loaded:,} loaded, {load.skipped:,} waiting, {load.failed:,} failed"
        console.print(plain(f"{n_alerts:,} alerts of {len(groups):,} rules; {_read(counters, replay)}"))
        console.print(plain(f"rules: {rules}, in {load.seconds:.2f} s"))
        for line in blind_spots(counters):
            console.print(plain(f"note: {line}"), style="yellow")


def _table(groups: list[_Group]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("count", "sid"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("severity", "first seen"):
        table.add_column(name, no_wrap=True)
    for name in ("message", "source -> destination"):
        table.add_column(name, overflow="fold")
    for group in groups:
        blocked = f" ({group.n_blocked:,} blocked)" if group.n_blocked else ""
        cells = (
            f"{group.n_alerts:,}{blocked}",
            str(group.rule.sid),
            str(group.rule.priority),
            timestamp(group.first_ns)[:19].replace("T", " "),
            group.rule.msg,
            group.ends(),
        )
        table.add_row(*(plain(cell) for cell in cells), style={1: "red", 2: "yellow"}.get(group.rule.priority))
    return table


def _read(counters: Mapping[str, int], replay: Replay) -> str:
    """Return what was read, and how fast."""
    rate = replay.packets / replay.seconds if replay.seconds else 0
    return (
        f"{replay.packets:,} packets, {replay.bytes:,} bytes, {counters.get('flow.total', 0):,} flows "
        f"in {replay.seconds:.2f} s ({rate:,.0f} packets/s)"
    )


def blind_spots(counters: Mapping[str, int]) -> list[str]:
    """Return one line for each counter that says that something was not inspected."""
    return [f"{counters[name]:,} {text}" for name, text in BLIND if counters.get(name)]


def plain(text: str) -> Text:
    """Return text that a terminal shows as it is: no markup of ours, no control characters of a rule's author."""
    return Text(visible(text))

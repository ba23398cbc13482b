"""Every bound of the engine in one table: what it holds, which counter says that it was reached, what that costs.

docs/limits.md and the line at the end of a replay are made from it.
"""

from __future__ import annotations

from typing import Final, final


@final
class Limit:
    """One bound: a setting by its dotted name, or a constant of one file."""

    def __init__(self, bound: str, where: str, unit: str, counter: str, effect: str) -> None:
        self.bound = bound
        self.where = where  # the module that keeps it
        self.unit = unit
        self.counter = counter  # by its dotted EVE name: more than 0 once the bound was reached
        self.effect = effect

    def is_setting(self) -> bool:
        """Return whether an operator can change it."""
        return self.bound != self.bound.upper()


LIMITS: Final = (
    Limit(
        "decoder.max-layers", "vids.engine.packet.decode", "headers of one frame, below the transport",
        "decoder.event.too_many_layers", "what is further inside is not decoded; the packet so far is inspected",
    ),
    Limit(
        "MAX_VLANS", "vids.engine.packet.packet", "VLAN tags of one packet",
        "decoder.event.vlan.too_many_layers", "the packet is not inspected but by its decode event",
    ),
    Limit(
        "MAX_EVENTS", "vids.engine.packet.packet", "events of one packet",
        "decoder.events_dropped", "the packet's later oddities are not named; it is inspected all the same",
    ),
    Limit(
        "defrag.trackers", "vids.engine.packet.defrag", "datagrams that wait for fragments",
        "defrag.max_trackers_reached", "the oldest is given up, unseen",
    ),
    Limit(
        "defrag.max-frags", "vids.engine.packet.defrag", "fragments that wait",
        "defrag.max_frags_reached", "the oldest datagram is given up, unseen",
    ),
    Limit(
        "defrag.memcap", "vids.engine.packet.defrag", "bytes of fragments",
        "defrag.memcap_reached", "the oldest datagram is given up, unseen, and `defrag.memcap-policy` applies",
    ),
    Limit(
        "MAX_INSIDE", "vids.engine.engine", "packets of one frame, each inside the one before",
        "defrag.max_depth_reached", "fragments further inside are not put together",
    ),
    Limit(
        "flow.max-flows", "vids.engine.flow.table", "flows",
        "flow.max_flows_reached", "the least useful flow ends (`flow.get_used`); or `flow.memcap-policy` applies",
    ),
    Limit(
        "flow.memcap", "vids.engine.flow.table", "bytes of flows, without what their streams hold",
        "flow.memcap_reached", "the least useful flow ends (`flow.get_used`); or `flow.memcap-policy` applies",
    ),
    Limit(
        "stream.max-syn-queued", "vids.engine.flow.handshake",
        "different SYNs of one connection that wait for an answer",
        "tcp.opening_queue_drop", "the oldest is forgotten: a SYN/ACK that answers it is not taken",
    ),
    Limit(
        "stream.max-synack-queued", "vids.engine.flow.completion",
        "different SYN/ACKs of one connection that wait for an acknowledgement",
        "tcp.opening_queue_drop", "the last one is not kept: the connection cannot go on with it",
    ),
    Limit(
        "MAX_STARTS", "vids.engine.flow.overlap", "segments of one direction that are not yet acknowledged",
        "tcp.segment_borders_drop",
        "older ones count as one where later bytes contradict them: `host-os-policy` may choose the other copy",
    ),
    Limit(
        "MAX_BOUNDS", "vids.engine.flow.overlap", "segments of one direction that overlapped others",
        "tcp.segment_borders_drop",
        "the oldest is forgotten where later bytes contradict it: `host-os-policy` may choose the other copy",
    ),
    Limit(
        "MAX_URGENT", "vids.engine.flow.urgent", "urgent bytes that were taken out of one direction",
        "tcp.urgent_oob_limit", "`stream.reassembly.urgent.oob-limit-policy` says what the next ones are",
    ),
    Limit(
        "stream.reassembly.memcap", "vids.engine.flow.reassembly", "bytes of segments",
        "tcp.segment_memcap_drop",
        "the segment is missing from its stream, and `stream.reassembly.memcap-policy` applies",
    ),
    Limit(
        "stream.reassembly.depth", "vids.engine.flow.stream", "bytes of one direction of a connection",
        "tcp.stream_depth_reached", "the rest of that direction is not reassembled; its packets are still inspected",
    ),
    Limit(
        "MAX_SEGMENTS", "vids.engine.flow.queue", "segments of one direction that wait for earlier ones",
        "tcp.segment_queue_drop", "the segment is missing from its stream",
    ),
    Limit(
        "MAX_BYTES", "vids.engine.flow.queue", "bytes of one direction that wait for earlier ones",
        "tcp.segment_queue_drop", "the segment is missing from its stream",
    ),
    Limit(
        "MAX_WAITING", "vids.engine.flow.memory", "rules that wait for more of one stream",
        "detect.waiting_dropped", "the rule that waits longest is forgotten until its pattern comes again",
    ),
    Limit(
        "detect.inspection-recursion-limit", "vids.engine.detect.detector", "steps of one rule in one buffer",
        "detect.inspection_limit", "the rule does not match that buffer",
    ),
    Limit(
        "MAX_TRIES", "vids.engine.detect.detector", "old matches of one rule at one look at a stream",
        "detect.inspection_limit", "the rule does not match what is new",
    ),
    Limit(
        "LIMITS", "vids.engine.rule.regex", "steps and depth of one regular expression",
        "detect.pcre_limit", "the expression does not match that buffer",
    ),
    Limit(
        "MAX_CAPTURE", "vids.engine.rule.capture", "bytes of what one group of a regular expression captured",
        "detect.captures_cut", "the variable, or what the alert tells, ends there",
    ),
    Limit(
        "MAX_ELEMENTS", "vids.engine.rule.keywords.asn1", "elements that one asn1 option walks through",
        "detect.inspection_limit", "the rule does not match that buffer",
    ),
    Limit(
        "MAX_ODDITIES", "vids.engine.proto.transaction", "events of one transaction",
        "app_layer.events_limit", "its later oddities are not named; it is inspected all the same",
    ),
    Limit(
        "MAX_CHANGES", "vids.engine.proto.dialogue", "changes of the application protocol of one flow",
        "app_layer.changes_limit", "its application is followed no further; its streams are inspected all the same",
    ),
    Limit(
        "MAX_LABELS", "vids.engine.proto.dns.reader", "labels and pointers of one name of DNS",
        "app_layer.event.dns.too_many_labels", "the name is what was read of it, and marked as truncated",
    ),
    Limit(
        "MAX_NAME_BYTES", "vids.engine.proto.dns.reader", "bytes of one name of DNS",
        "app_layer.event.dns.name_too_long", "the name is what was read of it, and marked as truncated",
    ),
    Limit(
        "MAX_UNPACKED", "vids.engine.proto.dns.reader", "bytes of all names and texts of one message of DNS",
        "app_layer.event.dns.too_many_labels", "what is further behind in the message is not read",
    ),
    Limit(
        "MAX_MESSAGES", "vids.engine.proto.dns.conversation", "messages of DNS that come free at once",
        "app_layer.event.dns.too_many_transactions", "the further ones are not seen",
    ),
    Limit(
        "MAX_FAULTS", "vids.engine.proto.dns.stream", "impossible messages in a row, of one side of DNS over TCP",
        "app_layer.event.dns.too_much_malformed_data", "the side is heard as DNS no more, but its stream is inspected",
    ),
    Limit(
        "MAX_SEARCH", "vids.engine.proto.dns.stream", "bytes behind a gap in which DNS over TCP must go on",
        "app_layer.event.dns.too_much_malformed_data", "the side is heard as DNS no more, but its stream is inspected",
    ),
    Limit(
        "MAX_CANDIDATES", "vids.engine.detect.transactions", "rules that wait at one side of a transaction",
        "detect.candidates_dropped", "some of the rules are not asked about that transaction",
    ),
    Limit(
        "DEFAULT_MEMCAP", "vids.engine.rule.dataset", "bytes of one data set, unless its rule says otherwise (memcap)",
        "detect.dataset_refused", "the value is not added, and the rule that would add it does not match",
    ),
    Limit(
        "MAX_ENTRIES", "vids.engine.detect.threshold", "counts of thresholds, by rule and track",
        "detect.threshold_evicted", "the oldest count begins anew",
    ),
    Limit(
        "MAX_BITS", "vids.engine.flow.bits", "xbits and hostbits that are set",
        "detect.hostbits_evicted", "the one set longest ago is unset",
    ),
    Limit(
        "MAX_TAGGED", "vids.engine.flow.host", "hosts with tags",
        "detect.tagged_hosts_evicted", "the tags of the host tagged first end",
    ),
    Limit(
        "MAX_TAGS", "vids.engine.flow.tag", "tags of one flow or host",
        "detect.tags_refused", "the rule's alert is told, and no packets after it",
    ),
    Limit(
        "MAX_FILES", "vids.engine.proto.files", "files of one transaction",
        "app_layer.file.refused", "nothing is known of the further ones",
    ),
    Limit(
        "MAX_NAME", "vids.engine.proto.file", "bytes of a file's name",
        "app_layer.file.name_cut", "the end of the name is not seen",
    ),
    Limit(
        "MAX_DATA", "vids.engine.proto.file", "bytes of a file that rules look into, if its protocol allows so many",
        "app_layer.file.data_cut", "what is behind them counts for size, digests and the store alone",
    ),
    Limit(
        "app-layer.protocols.http.byterange.memcap", "vids.engine.proto.ranges", "bytes of files that come in parts",
        "app_layer.file.range_memcap", "the file used longest ago is not put together",
    ),
    Limit(
        "MAX_PIECES", "vids.engine.proto.ranges", "pieces of one file that wait for earlier ones",
        "app_layer.file.range_pieces", "the file is not put together, unless the piece comes again",
    ),
    Limit(
        "packet-alert-max", "vids.engine.verdict", "alerts of one packet",
        "detect.alert_queue_overflow", "the rules that come first in the order alert; the others act, and are silent",
    ),
)  # fmt: skip


def reached(counters: dict[str, int]) -> list[Limit]:
    """Return the bounds that were reached, by the engine's counters."""
    return [limit for limit in LIMITS if counters.get(limit.counter, 0) > 0]

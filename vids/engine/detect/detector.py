"""Which rules match because of a packet: prefilter, header, checks, payload, in this order.

A packet makes us look at itself and at the streams that it moved on. The rules that come into question for all
of these are evaluated in one order, that of the ruleset, so that a rule which sets a flowbit comes before one
which reads it wherever each of them looks.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.addresses import AddressRules
from vids.engine.detect.group import Group
from vids.engine.detect.headers import HeaderRules
from vids.engine.detect.inspect import holds, plan_all
from vids.engine.detect.look import (
    CLIENT,
    MASK,
    PACKET,
    SERVER,
    SHIFT,
    TRANSACTION,
    Look,
    Match,
    bytes_of,
    keep_notes,
    point_at_packet,
    point_at_stream,
    point_at_transaction,
)
from vids.engine.detect.scope import N_SCOPES, OTHER_SCOPE, TCP_SCOPE, scope_of, scopes_of
from vids.engine.detect.transactions import TransactionRules, is_open
from vids.engine.flow.flow import Flow
from vids.engine.flow.host import Hosts
from vids.engine.flow.memory import MAX_WAITING, Memory
from vids.engine.flow.stream import TAIL, Stream
from vids.engine.packet.packet import Packet
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.field import BOTH
from vids.engine.proto.transaction import Transaction
from vids.engine.rewrite import Rewrite
from vids.engine.rule.rule import MUST_BE_ABSENT, MUST_BE_THERE, TO_CLIENT, TO_SERVER, Rule
from vids.engine.settings import Settings

SIDES: Final = (TO_CLIENT, TO_SERVER)  # index 0 and 1: a bool chooses
OF_EVERY_PACKET: Final = ("pkthdr", "ip")  # protocols of rules that hold for packets without a sound IP header too
LATE: Final = 1024  # stream offset. More than half of public raw rules are bound to the start, by short patterns
MAX_TRIES: Final = 64  # matches in a stream's tail to step over before giving up
NO_WORK: Final[list[int]] = []
NO_VALUES: Final[list[int]] = []


@final
class Detector:
    """A ruleset, grouped for matching. `matches` collects what matched since `clear`."""

    def __init__(self, rules: list[Rule], settings: Settings) -> None:
        self.rules = rules  # by number
        self.steps: i64 = settings.inspection_steps
        self.matches: list[Match] = []
        self.hosts = Hosts()
        self.packet_variables: dict[str, bytes] = {}  # that rules captured from the packet at hand
        self.looks = [self._look(False), self._look(True), self._look(True)]
        self.stream_events: list[str] = []  # of the packet at hand
        self.is_ips = settings.is_ips
        self.n_inspected: i64 = 0  # candidates that were looked at
        self.n_exhausted: i64 = 0  # inspections that ran into the step limit
        self.n_waiting_dropped: i64 = 0  # candidates forgotten because a stream had too many
        self.event_rules = [rule for rule in rules if rule.needs_event and rule.protocol in OF_EVERY_PACKET]
        for rule in rules:
            plan_all(rule)
        self.transactions = TransactionRules([rule for rule in rules if rule.is_transactional], settings)
        plain = [rule for rule in rules if not rule.is_transactional]
        self.addresses = AddressRules([rule for rule in plain if rule.is_address_only])
        self.headers: list[HeaderRules] = []  # by scope * 2 + side: rules without payload options
        self.odd_headers: list[HeaderRules] = []  # the same: those that ask for a decode event
        self.stream_headers: list[HeaderRules] = []  # by side: those that ask for a stream event
        self.packets: list[Group] = []  # by scope * 2 + side: rules that look at a packet's payload
        self.loose: list[Group] = []  # by side: TCP rules, for segments that are in no stream
        self.streams: list[Group] = []  # by side: rules that look at TCP streams
        self.late: list[Group] = []  # by side: those of them that still can match beyond LATE
        plain = [rule for rule in plain if not rule.is_address_only]
        for scope in range(N_SCOPES):
            for side in SIDES:
                self._group(scope, [r for r in plain if scope in scopes_of(r) and r.sides & side], settings)

    def _group(self, scope: int, rules: list[Rule], settings: Settings) -> None:
        """Sort the rules of one scope and side by what they look at."""
        of_headers = [rule for rule in rules if not rule.has_payload]
        usual = [rule for rule in of_headers if not rule.needs_event and not rule.needs_stream_event]
        self.headers.append(HeaderRules(usual))
        self.odd_headers.append(HeaderRules([rule for rule in of_headers if rule.needs_event]))
        payload = [rule for rule in rules if rule.has_payload]
        algorithm = settings.mpm_algorithm
        if scope == TCP_SCOPE:
            odd = [rule for rule in of_headers if rule.needs_stream_event and not rule.needs_event]
            self.stream_headers.append(HeaderRules(odd))
            self.loose.append(Group([r for r in payload if not r.needs_stream], algorithm, True))
            in_stream = [r for r in payload if not self._looks_at_packets(r)]
            self.streams.append(Group(in_stream, algorithm, False))
            self.late.append(Group([r for r in in_stream if r.reach > LATE], algorithm, False))
            payload = [r for r in payload if self._looks_at_packets(r) or (r.is_anchored and not r.needs_stream)]
        self.packets.append(Group(payload, algorithm, True))

    def _looks_at_packets(self, rule: Rule) -> bool:
        """Return whether a TCP rule's payload options look at single packets alone."""
        return rule.needs_packet or (self.is_ips and bool(rule.replacements))

    def listen(self, stream_events: list[str]) -> None:
        """Take the list that will hold the stream events of each packet at hand."""
        self.stream_events = stream_events
        for look in self.looks:
            look.view.stream_events = stream_events

    def clear(self) -> None:
        """Forget the matches of the last packet."""
        if self.matches:
            self.matches = []
        if self.packet_variables:
            self.packet_variables.clear()

    def _look(self, is_stream: bool) -> Look:
        look = Look(self.hosts, is_stream)
        look.view.packet_variables = self.packet_variables
        return look

    def packet(
        self,
        packet: Packet,
        flow: Flow | None,
        to_server: bool,
        in_stream: bool,
        moved: list[Stream],
        dialogue: Dialogue | None = None,
    ) -> None:
        """Match all rules that a packet brings into question.

        `moved` are its flow's streams with a new window, `dialogue` is what its application said.
        """
        look = self.looks[PACKET]
        point_at_packet(look, packet, flow, to_server)
        scope: i64 = OTHER_SCOPE
        # "udp any any -> any any" holds for a fragment, and for a packet whose UDP header is cut
        if packet.transport_at >= 0 or packet.is_fragment or packet.is_invalid:
            scope = scope_of(packet.protocol)
        place: i64 = scope * 2 + (1 if to_server else 0)
        if not self.addresses.is_empty and _is_first_look(flow, to_server):
            self._addresses(look, scope)
        work = self.headers[place].work(packet.destination_port)
        if packet.events:
            more = self.odd_headers[place].work(packet.destination_port)
            if more:
                work = sorted(work + more)
        if self.stream_events and place < 2:
            more = self.stream_headers[place].work(packet.destination_port)
            if more:
                work = sorted(work + more)
        if packet.payload_length() > 0 and not packet.has_inner and not _is_secret(flow):
            more = self._payload_work(packet, place, in_stream)
            if more:
                work = sorted(work + more)
        for stream in moved:
            if flow is not None:
                more = self._stream_work(packet, flow, stream)
                if more:
                    work = sorted(work + more)
        sides = TO_SERVER if to_server else TO_CLIENT
        if flow is None or flow.tcp is None:
            sides = BOTH  # what a datagram says is there with it, whichever side it is on
        if dialogue is not None and flow is not None and has_news(dialogue):
            more = self._transaction_work(packet, flow, dialogue, sides)
            if more:
                work = sorted(work + more)
        if work:
            self._evaluate(work)
        for stream in moved:
            _settle(stream)
        if dialogue is not None and flow is not None and dialogue.has_overflow:
            self.dialogue(packet, flow, dialogue, sides)

    def dialogue(self, packet: Packet, flow: Flow, dialogue: Dialogue, sides: i64) -> None:
        """Match the rules on what moved on some sides of an application's transactions alone."""
        work = self._transaction_work(packet, flow, dialogue, sides)
        while work or dialogue.has_overflow:
            self._evaluate(sorted(work))
            work = self._transaction_work(packet, flow, dialogue, sides) if dialogue.has_overflow else NO_WORK

    def stream(self, packet: Packet, flow: Flow, stream: Stream) -> None:
        """Match the rules on a stream's window alone: what was left when its flow ended."""
        work = self._stream_work(packet, flow, stream)
        if work:
            self._evaluate(work)
        _settle(stream)

    def broken(self, packet: Packet) -> None:
        """Match the rules on decode events, and on addresses if it has any, of a packet that makes no sense."""
        look = self.looks[PACKET]
        point_at_packet(look, packet, None, True)
        if packet.ip_version != 0 and not self.addresses.is_empty:
            self._addresses(look, OTHER_SCOPE)
        if packet.events:
            for rule in self.event_rules:
                if _checks_hold(rule, look):
                    self._match(rule, look, b"")

    def _addresses(self, look: Look, scope: i64) -> None:
        look.header.load()
        for number in self.addresses.candidates(look.header.source, look.header.destination):
            rule = self.rules[number]
            if scope in scopes_of(rule) and look.header.holds(rule) and _checks_hold(rule, look):
                self._match(rule, look, b"")

    def _payload_work(self, packet: Packet, place: i64, in_stream: bool) -> list[int]:
        """Return the work that a packet's payload makes."""
        group = self.packets[place]
        if place < 2 and not in_stream:
            group = self.loose[place]
        if group.is_empty:
            return NO_WORK
        payload = packet.payload()
        candidates = group.candidates(payload)
        if not candidates:
            return NO_WORK
        self.looks[PACKET].cursor.load(payload, 0, self.steps)
        return [number << SHIFT for number in candidates]

    def _stream_work(self, packet: Packet, flow: Flow, stream: Stream) -> list[int]:
        """Return the work that a stream's window makes: its candidates, and those that waited for it."""
        to_server = flow.tcp is not None and stream is flow.tcp.client
        side = 1 if to_server else 0
        group = self.streams[side] if stream.window_at < LATE else self.late[side]
        if group.is_empty:
            return NO_WORK
        candidates = group.fresh_candidates(stream.window, stream.fresh)
        memory = stream.memory
        if memory is not None and memory.waiting:
            candidates = sorted({*candidates, *memory.waiting})
        if not candidates:
            return NO_WORK
        which = CLIENT if to_server else SERVER
        point_at_stream(self.looks[which], packet, flow, to_server, stream, self.steps)
        return [number << SHIFT | which for number in candidates]

    def _transaction_work(self, packet: Packet, flow: Flow, dialogue: Dialogue, sides: i64) -> list[int]:
        """Return the work that transactions make, as many as there are looks for; the others overflow.

        Requests are looked at when a packet of the client comes, responses when one of the server does, as in the
        reference engine: the packet that acknowledges a request is no reason to look at it yet.
        """
        work: list[int] = []
        conversation, protocol = dialogue.conversation, dialogue.protocol
        if conversation is None or protocol is None:
            return work
        at: i64 = TRANSACTION
        left: list[Transaction] = []
        dialogue.has_overflow = False
        for transaction in conversation.news:
            for side in (TO_SERVER, TO_CLIENT):
                to_server = side == TO_SERVER
                if not sides & side or not transaction.has_news(to_server):
                    continue
                if at > MASK:
                    dialogue.has_overflow = True
                    break
                if sides == BOTH or is_open(flow):  # else rules on established flows are asked again
                    transaction.clear_news(to_server)
                numbers = self.transactions.collect(protocol, transaction, to_server)
                if not numbers:
                    continue
                if at == len(self.looks):
                    look = self._look(True)
                    look.view.stream_events = self.stream_events
                    self.looks.append(look)
                point_at_transaction(self.looks[at], packet, flow, to_server, protocol, transaction)
                for number in numbers:
                    work.append(number << SHIFT | int(at))
                at += 1
            if transaction.has_request_news or transaction.has_response_news:
                left.append(transaction)
        conversation.news = left
        return work

    def _evaluate(self, work: list[int]) -> None:
        """Try rules in the order of the ruleset."""
        for item in work:
            rule = self.rules[item >> SHIFT]
            look = self.looks[item & MASK]
            transaction = look.view.transaction
            if transaction is not None:
                if self.transactions.try_rule(rule, look, transaction):
                    if not look.has_payload:
                        look.load_payload(self.steps)
                    self._match(rule, look, look.cursor.data)
                continue
            stream = look.stream
            if stream is not None and not _is_news(rule, stream.memory):
                continue
            header = look.header
            if not header.may_hold(rule) or not _checks_hold(rule, look) or not header.holds(rule):
                continue
            if not rule.inspections:
                if not rule.is_protocol_only or _is_told_first(rule, look):
                    self._match(rule, look, b"")
            elif self._inspect_news(rule, look):
                self._match(rule, look, look.cursor.data if rule.has_payload else b"")
                if rule.has_payload:
                    self._remember(rule, look)
            elif stream is not None and rule.can_wait:
                self._wait(rule, stream)

    def _inspect_news(self, rule: Rule, look: Look) -> bool:
        """Return whether all payload options hold, in a stream with some byte that was not inspected before.

        What lies wholly in the tail of the last look was told then, unless the rule waited for more: step over it.
        """
        stream = look.stream
        cursor = look.cursor
        if stream is None or stream.fresh == 0 or not rule.has_fast_pattern:
            return self._inspect(rule, look)
        fresh: i64 = stream.fresh
        is_found = self._inspect(rule, look)
        memory = stream.memory
        if not is_found or cursor.furthest > fresh or (memory is not None and rule.number in memory.waiting):
            return is_found
        at: i64 = 0
        tries: i64 = 0
        while is_found and 0 < cursor.furthest <= fresh - at and tries < MAX_TRIES:
            at += cursor.furthest
            tries += 1
            cursor.load(stream.window[at:], stream.window_at + at, self.steps)
            is_found = self._inspect(rule, look)
        if tries == MAX_TRIES:
            self.n_exhausted += 1
        is_news = is_found and cursor.furthest > fresh - at
        cursor.load(stream.window, stream.window_at, self.steps)
        return is_news

    def _inspect(self, rule: Rule, look: Look) -> bool:
        """Return whether all payload options hold, each in its buffer."""
        self.n_inspected += 1
        values = [0] * rule.n_values if rule.n_values else NO_VALUES
        if rule.datasets:
            look.cursor.context = look.other.context = None
        if rule.has_captures:
            look.cursor.captured = look.other.captured = None
        for inspection in rule.inspections:
            cursor = look.cursor
            if inspection.is_plain:
                cursor.rewind()
                cursor.steps = self.steps
            else:
                data = bytes_of(inspection, look)
                if data is None:
                    if inspection.presence == MUST_BE_THERE:
                        return False
                    continue
                if inspection.presence == MUST_BE_ABSENT:
                    return False
                cursor = look.other
                cursor.load(data, 0, self.steps)
            cursor.values = values
            is_held = holds(inspection.checks, cursor)
            if cursor.notes is not None:
                keep_notes(cursor, look.view.flow)
            if not is_held:
                if cursor.is_exhausted:
                    self.n_exhausted += 1
                    cursor.is_exhausted = False
                return False
        return True

    def _match(self, rule: Rule, look: Look, payload: bytes) -> None:
        view = look.view
        transaction = view.transaction
        is_stream = view.is_stream if transaction is not None else look.stream is not None
        match = Match(rule, view.flow, view.to_server, is_stream, payload)
        match.protocol = view.protocol
        match.transaction = transaction
        if rule.datasets:
            match.context = {**(look.cursor.context or {}), **(look.other.context or {})}
        if rule.replacements and self.is_ips and not is_stream and transaction is None:
            values = look.cursor.values
            match.rewrites = [Rewrite(values[each.variable], each.data) for each in rule.replacements]
        match.packet_variables = view.packet_variables
        if rule.has_captures:
            match.captured = view.captured = {**(look.cursor.captured or {}), **(look.other.captured or {})}
        self.matches.append(match)
        for effect in rule.effects:
            effect.act(view)

    def n_captures_cut(self) -> int:
        """Return how often a group of an expression was too long to be kept whole."""
        return sum([look.cursor.n_captures_cut + look.other.n_captures_cut for look in self.looks])

    def n_pcre_limits(self) -> int:
        """Return how often a regular expression ran into its match limit."""
        return sum([look.cursor.n_pcre_limits + look.other.n_pcre_limits for look in self.looks])

    def _remember(self, rule: Rule, look: Look) -> None:
        """Note in the stream's memory what must not be told twice."""
        stream = look.stream
        if stream is not None:
            if stream.memory is not None:
                stream.memory.waiting.pop(rule.number, None)
            if not rule.has_fast_pattern:
                stream.remember().done.add(rule.number)
        elif rule.is_anchored and look.view.flow is not None and look.view.flow.tcp is not None:
            session = look.view.flow.tcp
            stream = session.client if look.view.to_server else session.server
            stream.remember().told.add(rule.number)

    def _wait(self, rule: Rule, stream: Stream) -> None:
        """Look at the rule again while its fast pattern is in the tail: the rest of it may be yet to come."""
        memory = stream.remember()
        if rule.number in memory.waiting:
            return
        if len(memory.waiting) >= MAX_WAITING:
            del memory.waiting[next(iter(memory.waiting))]
            self.n_waiting_dropped += 1
        memory.waiting[rule.number] = stream.window_at + len(stream.window) + TAIL


def _checks_hold(rule: Rule, look: Look) -> bool:
    for check in rule.checks:
        if not check.match(look.view):
            return False
    return True


def _is_first_look(flow: Flow | None, to_server: bool) -> bool:
    """Return whether rules on addresses alone are still to be asked for this side of the flow."""
    if flow is None:
        return True
    if to_server:
        is_first = not flow.has_seen_source_rules
        flow.has_seen_source_rules = True
    else:
        is_first = not flow.has_seen_reply_rules
        flow.has_seen_reply_rules = True
    return is_first


def _is_told_first(rule: Rule, look: Look) -> bool:
    """Return whether a rule on the protocol alone matches for the first time on this side of the flow; note it."""
    flow = look.view.flow
    if flow is None or flow.app is None:
        return False
    if flow.app.told is None:
        flow.app.told = set()
    key = rule.number * 2 + (1 if look.view.to_server else 0)
    is_first = key not in flow.app.told
    flow.app.told.add(key)
    return is_first


def has_news(dialogue: Dialogue) -> bool:
    """Return whether transactions moved since they were looked at."""
    return dialogue.conversation is not None and len(dialogue.conversation.news) > 0


def _is_news(rule: Rule, memory: Memory | None) -> bool:
    """Return whether the rule may still be told of this stream's window."""
    return memory is None or (rule.number not in memory.told and rule.number not in memory.done)


def _settle(stream: Stream) -> None:
    """Forget what no longer counts after a look at a stream."""
    memory = stream.memory
    if memory is None:
        return
    memory.told.clear()
    if memory.waiting:
        end: i64 = stream.window_at + len(stream.window)
        for number in [n for n, until in memory.waiting.items() if until <= end]:
            del memory.waiting[number]


def _is_secret(flow: Flow | None) -> bool:
    """Return whether a flow's application is encrypted by now."""
    return flow is not None and flow.app is not None and flow.app.is_secret

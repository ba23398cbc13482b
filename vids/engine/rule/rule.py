"""A parsed rule: what to match, and what to say when it did."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.rule.address import ANY_ADDRESS, AddressSet
from vids.engine.rule.dataset import DataSet
from vids.engine.rule.keyword import Buffer, Effect, PacketCheck, PayloadCheck, TransactionCheck, Transform
from vids.engine.rule.keywords.content import NO_REACH, Content
from vids.engine.rule.port import ANY_PORT

TO_SERVER: Final = 1  # bits of Rule.sides: which packets of a flow the rule looks at
TO_CLIENT: Final = 2

PAYLOAD_BUFFER: Final = ""  # the raw payload: packet, stream, or both
DECODED_BUFFER: Final = "base64_data"  # what base64_decode made of a part of another buffer

MUST_BE_THERE: Final = 0  # Inspection.presence: what if the buffer is not there
MUST_BE_ABSENT: Final = 1
MAY_BE_ABSENT: Final = 2


@final
class Option:
    """`name:value` as it stands in the rule's text; `column` is 1-based."""

    def __init__(self, name: str, value: str, column: int) -> None:
        self.name = name
        self.value = value
        self.column = column


@final
class Inspection:
    """The payload options of one buffer, in the order of the rule."""

    def __init__(self, buffer: str, source: Buffer | None = None) -> None:
        self.buffer = buffer  # PAYLOAD_BUFFER, or the name of a sticky buffer
        self.source = source  # what reads a sticky buffer
        self.transforms: list[Transform] = []
        self.checks: list[PayloadCheck] = []
        self.presence: i64 = MUST_BE_THERE
        self.is_plain = buffer == PAYLOAD_BUFFER  # looks into the raw payload
        self.is_field = source is None and buffer not in (PAYLOAD_BUFFER, DECODED_BUFFER)  # of a transaction
        self.side: i64 = 0  # TO_SERVER or TO_CLIENT where the rule names the side of the field
        self.key = buffer  # the same for the same buffer with the same transforms

    def transformed(self, data: bytes) -> bytes:
        """Return what the transforms make of the buffer."""
        for transform in self.transforms:
            data = transform.apply(data)
        return data

    def contents(self) -> list[Content]:
        """Return the contents among the checks."""
        return [check for check in self.checks if isinstance(check, Content)]


@final
class Replacement:
    """Bytes to put in place of a content that matched (replace)."""

    def __init__(self, variable: int, data: bytes) -> None:
        self.variable = variable  # that holds where the content was found
        self.data = data


@final
class Threshold:
    """How often a rule's matches become alerts, or (rate_filter) when its action changes.

    `kind` is limit, threshold, both, backoff, detection_filter or rate_filter; `track` is by_src, by_dst, by_both,
    by_rule or by_flow.
    """

    def __init__(self, kind: str, track: str, count: int, seconds: int) -> None:
        self.kind = kind
        self.track = track
        self.count: i64 = count
        self.seconds: i64 = seconds
        self.multiplier: i64 = 0  # backoff: each next alert takes so many times more matches
        self.unique_on = ""  # detection_filter: count distinct ports, src_port or dst_port
        self.new_action = ""  # rate_filter: what the rule does once its matches are too many
        self.timeout: i64 = 0  # rate_filter: for so many seconds


@final
class Suppression:
    """Whose matches of a rule are no alerts: of which source, destination, or either (`track` by_src ...)."""

    def __init__(self, track: str, addresses: AddressSet) -> None:
        self.track = track
        self.addresses = addresses

    def holds(self, source: bytes, destination: bytes) -> bool:
        """Return whether a match between these addresses is silenced."""
        if self.track == "by_src":
            return self.addresses.contains(source)
        if self.track == "by_dst":
            return self.addresses.contains(destination)
        return self.addresses.contains(source) or self.addresses.contains(destination)


@final
class Rule:
    """One rule of the ruleset. Built by the parser, not changed afterwards."""

    def __init__(self) -> None:
        self.path = ""  # where it stands
        self.line = 0
        self.text = ""  # as written, continuation lines joined
        self.number = 0  # its place in the loaded ruleset, by the order of evaluation
        self.action = "alert"
        self.protocol = "ip"
        self.source = ANY_ADDRESS
        self.source_ports = ANY_PORT
        self.is_bidirectional = False
        self.destination = ANY_ADDRESS
        self.destination_ports = ANY_PORT
        self.options: list[Option] = []
        self.msg = ""
        self.sid = 0
        self.gid = 1
        self.rev = 0
        self.classtype = ""
        self.category = ""  # the classtype's text
        self.priority = 3
        self.references: list[tuple[str, str]] = []
        self.metadata: dict[str, list[str]] = {}
        self.target = ""  # src_ip, dest_ip or none
        self.sides = TO_SERVER | TO_CLIENT
        self.is_noalert = False
        self.needs_packet = False  # its payload options look at single packets (tcp-pkt, dsize)
        self.needs_stream = False  # its payload options look at the stream alone (tcp-stream, only_stream)
        self.checks: list[PacketCheck] = []
        self.inspections: list[Inspection] = []
        self.transaction_checks: list[TransactionCheck] = []
        self.effects: list[Effect] = []
        self.threshold: Threshold | None = None
        self.suppressions: list[Suppression] = []
        self.app_protocols: list[str] = []  # EVE's names of those that it can match in; empty: it asks for none
        self.is_transactional = False  # looks at transactions
        self.is_exchange = False  # `=>`: at the request and the response of one transaction together
        self.needs_app_event = False  # asks for an event of the transaction: most have none
        self.is_protocol_only = False  # asks about the application protocol, and nothing else: once a flow and side
        self.transport: i64 = -1  # IP protocol that the header names (tcp, udp)
        self.ip_version: i64 = 0  # 4 or 6 where the protocol says so (ip6, ipv4); 0 is any
        self.has_ports = False  # the header asks about ports: packets without any do not match
        self.fast_pattern: Content | None = None  # the one that the rule asks for by name
        self.n_values = 0  # byte_extract variables
        self.has_captures = False  # some groups of its expressions are kept
        self.replacements: list[Replacement] = []  # of bytes in the packet, where it passes through us
        self.is_alert_forced = False  # a pass rule that alerts nevertheless
        self.skipped = ""  # the requirement (`requires`) that is not met: the rule is left out, and is no fault
        self.has_payload = False  # some of its options look into the raw payload
        self.has_fast_pattern = False  # some content must be in the payload: a matcher can name the rule
        self.reach: i64 = NO_REACH  # offset in the stream before which a content that must be there ends
        self.is_anchored = False  # a content counts from the start: the rule looks at packets and at the stream
        self.can_wait = False  # more bytes of a stream may complete it once its fast pattern was seen
        self.is_address_only = False  # addresses and ports are all it asks about: once per flow and side is enough
        self.acts_on_flow = False  # what it asks for goes for the whole flow, not for one packet
        self.needs_event = False  # asks for a decode event: most packets have none
        self.needs_stream_event = False  # asks for an event of its TCP connection
        self.datasets: list[DataSet] = []  # that it looks into
        self.file_needs: i64 = 0  # what it asks of files, as bits of proto/digest.py
        self.waiting: list[str] = []  # keywords that do not work yet: a rule with any never fires

    def settle(self) -> None:
        """Work out what follows from the options, once they are all there."""
        self._settle_decoded()
        positive: list[Content] = []
        n_checks = 0
        for inspection in self.inspections:
            if not inspection.is_plain:
                continue
            self.has_payload = True
            n_checks += len(inspection.checks)
            for content in inspection.contents():
                self.is_anchored = self.is_anchored or content.has_depth() or content.has_offset()
                if not content.is_negated:
                    positive.append(content)
                    self.reach = min(self.reach, content.reach())
        self.has_fast_pattern = bool(positive)
        self.can_wait = n_checks > 1 and self.has_fast_pattern
        # The reference engine asks a rule with negated addresses at every packet, and yet applies it to the flow.
        self.acts_on_flow = self._asks_addresses_alone()
        is_negated = self.source.is_negated or self.destination.is_negated
        self.is_address_only = self.acts_on_flow and not is_negated

    def _asks_addresses_alone(self) -> bool:
        if self.inspections or self.is_transactional or self.sides != TO_SERVER | TO_CLIENT:
            return False
        for check in self.checks:
            if not check.fits_address_rule():
                return False
        for effect in self.effects:
            if not effect.fits_address_rule():
                return False
        return True

    def _settle_decoded(self) -> None:
        """Give the options that look into decoded bytes to the one that decodes them."""
        decoded: Inspection | None = None
        decoder: PayloadCheck | None = None
        for inspection in self.inspections:
            if inspection.buffer == DECODED_BUFFER:
                decoded = inspection
            for check in inspection.checks:
                if check.name == "base64_decode":
                    decoder = check
        if decoded is not None and decoder is not None:
            decoder.inner = decoded
            decoder.uses_variable = decoder.uses_variable or self.n_values > 0
            self.inspections.remove(decoded)

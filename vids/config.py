"""One typed, frozen Config: defaults, then a TOML file, then --set; every value knows where it came from.

Names are the reference engine's, so that habits and old settings carry over. A setting is one field of the structs
below: name, type, default, unit and meaning; the table SETTINGS and `vids config show` are made from them.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from vids.engine.rule.address import address_range
from vids.engine.rule.error import RuleError
from vids.engine.rule.port import PortParser
from vids.engine.settings import Settings
from vids.errors import ConfigError
from vids.setting import (
    KIB,
    MIB,
    Part,
    Setting,
    networks,
    number,
    path,
    ports,
    seconds,
    size,
    switch,
    table,
    word,
)
from vids.setting_dataset import Datasets, declared_field
from vids.setting_file import FilesOutput, FileStore, set_files
from vids.setting_http import Http
from vids.setting_tls import TlsOutput, TlsProtocol, set_tls

AnyPolicy = Literal[
    "auto", "ignore", "pass-packet", "pass-flow", "bypass", "drop-packet", "drop-flow", "reject"
]  # exception policies; auto is what exception-policy says
FlowPolicy = Literal["auto", "ignore", "pass-flow", "bypass", "drop-flow", "reject"]
PacketPolicy = Literal["auto", "ignore", "pass-packet", "drop-packet", "reject"]


class Vars(Part, frozen=True):
    """What $NAME stands for in rules. Any further name may be set."""

    address_groups: dict[str, str]
    port_groups: dict[str, str]


class Vlan(Part, frozen=True):
    use_for_tracking: Annotated[bool, switch("the same addresses in two VLANs are two flows")] = True


class Flow(Part, frozen=True):
    max_flows: Annotated[int, number("flows held at once; the oldest gives way and is counted", "flows")] = 200_000
    memcap: Annotated[int, size("memory for flows, without their streams; the oldest gives way", MIB)] = 512 * MIB
    emergency_recovery: Annotated[int, number("room needed for the emergency timeouts to end", "percent", 1, 100)] = 30
    memcap_policy: Annotated[
        PacketPolicy,
        word("of a packet that would begin a flow while all are taken; auto: the oldest gives way"),
    ] = "auto"


class Timeouts(Part, frozen=True):
    new: Annotated[int, seconds("a flow seen from one side only ends after this silence")] = 30
    established: Annotated[int, seconds("a flow seen from both sides ends after this silence")] = 300
    emergency_new: Annotated[int, seconds("the same of `new` while there is no room for more flows")] = 10
    emergency_established: Annotated[int, seconds("the same of `established` while there is no room")] = 100


class TcpTimeouts(Part, frozen=True):
    new: Annotated[int, seconds("a connection without its handshake ends after this silence")] = 60
    established: Annotated[int, seconds("an open connection ends after this silence")] = 600
    closed: Annotated[int, seconds("a closed connection is forgotten after this silence")] = 60
    emergency_new: Annotated[int, seconds("the same of `new` while there is no room for more flows")] = 10
    emergency_established: Annotated[int, seconds("the same of `established` while there is no room")] = 100
    emergency_closed: Annotated[int, seconds("the same of `closed` while there is no room")] = 10


class FlowTimeouts(Part, frozen=True):
    default: Timeouts = Timeouts()
    tcp: TcpTimeouts = TcpTimeouts()
    udp: Timeouts = Timeouts()
    icmp: Timeouts = Timeouts()


class UrgentBytes(Part, frozen=True):
    policy: Annotated[
        Literal["oob", "inline", "drop", "gap"],
        word("an urgent byte is out of band, part of the stream, a reason to drop (inline) or a gap"),
    ] = "oob"
    oob_limit_policy: Annotated[
        Literal["inline", "drop", "gap"], word("what it is once 65535 bytes of a stream were out of band")
    ] = "drop"


class Reassembly(Part, frozen=True):
    memcap: Annotated[int, size("memory for segments that wait, all flows together", MIB)] = 256 * MIB
    memcap_policy: Annotated[AnyPolicy, word("what happens to a segment for which there is no memory")] = "auto"
    depth: Annotated[int, size("inspected of each direction of a connection; 0 is all of it")] = MIB
    toserver_chunk_size: Annotated[int, size("of a stream, acknowledged before it is inspected", 1)] = 2560
    urgent: UrgentBytes = UrgentBytes()


class Stream(Part, frozen=True):
    midstream: Annotated[bool, switch("connections are picked up without their handshake")] = False
    async_oneside: Annotated[bool, switch("connections are followed of which one side alone is seen")] = False
    inline: Annotated[
        Literal["auto", "yes", "no"], word("streams are inspected before they are acknowledged; auto: with --ips")
    ] = "auto"
    liberal_timestamps: Annotated[bool, switch("timestamps may be older by one, or not asked for by the SYN")] = True
    max_syn_queued: Annotated[int, number("different SYNs of a connection that may be answered yet", "SYNs")] = 10
    max_synack_queued: Annotated[int, number("different SYN/ACKs that may be acknowledged yet", "SYN/ACKs")] = 5
    midstream_policy: Annotated[FlowPolicy, word("what happens to connections without their handshake")] = "auto"
    checksum_validation: Annotated[bool, switch("TCP segments with a wrong checksum are left out")] = True
    reassembly: Reassembly = Reassembly()


class Defrag(Part, frozen=True):
    memcap: Annotated[int, size("memory for fragments that wait for others; the oldest give way", MIB)] = 32 * MIB
    trackers: Annotated[int, number("datagrams that wait for fragments; the oldest gives way", "datagrams")] = 65535
    max_frags: Annotated[int, number("fragments that wait for others; the oldest give way", "fragments")] = 65535
    timeout: Annotated[int, seconds("a datagram that is not complete after this time is given up")] = 60
    memcap_policy: Annotated[
        PacketPolicy, word("of a fragment for which an older datagram had to give way; auto: it is kept")
    ] = "auto"


class HostOsPolicy(Part, frozen=True):
    """Who puts fragments together how; of the networks that hold an address, the narrowest decides."""

    bsd: Annotated[str, networks("hosts that run a BSD, AIX or Tru64; all that no other policy names")] = "[]"
    bsd_right: Annotated[str, networks("hosts that run HP JetDirect")] = "[]"
    linux: Annotated[str, networks("hosts that run Linux")] = "[]"
    old_linux: Annotated[str, networks("hosts that run Linux 2.2 or older")] = "[]"
    windows: Annotated[str, networks("hosts that run Windows")] = "[]"
    vista: Annotated[str, networks("hosts that run Windows Vista")] = "[]"
    windows2k3: Annotated[str, networks("hosts that run Windows Server 2003")] = "[]"
    solaris: Annotated[str, networks("hosts that run Solaris")] = "[]"
    old_solaris: Annotated[str, networks("hosts that run SunOS 4 or older")] = "[]"
    hpux10: Annotated[str, networks("hosts that run HP-UX 10")] = "[]"
    hpux11: Annotated[str, networks("hosts that run HP-UX 11")] = "[]"
    irix: Annotated[str, networks("hosts that run IRIX")] = "[]"
    macos: Annotated[str, networks("hosts that run Mac OS")] = "[]"
    first: Annotated[str, networks("hosts for which the first copy of a byte counts")] = "[]"
    last: Annotated[str, networks("hosts for which the last copy of a byte counts")] = "[]"


class TeredoDecoder(Part, frozen=True):
    enabled: Annotated[bool, switch("Teredo is opened: IPv6 in UDP, as far as it can be told")] = True
    ports: Annotated[str, ports("where Teredo is looked for, at either end")] = "$TEREDO_PORTS"


class GeneveDecoder(Part, frozen=True):
    enabled: Annotated[bool, switch("Geneve is opened")] = True
    ports: Annotated[str, ports("where Geneve is looked for, at either end")] = "$GENEVE_PORTS"


class VxlanDecoder(Part, frozen=True):
    enabled: Annotated[bool, switch("VXLAN is opened")] = True
    ports: Annotated[str, ports("where VXLAN is sent to")] = "$VXLAN_PORTS"


class GtpDecoder(Part, frozen=True):
    enabled: Annotated[bool, switch("GTP-U is opened: the packets of mobile devices")] = True
    ports: Annotated[str, ports("where GTP-U is looked for, at either end")] = "2152"


class RecursionLevel(Part, frozen=True):
    use_for_tracking: Annotated[bool, switch("the same addresses inside and outside a tunnel are two flows")] = True


class Decoder(Part, frozen=True):
    max_layers: Annotated[int, number("below the transport, in all tunnels of a frame", "headers", 2, 255)] = 16
    recursion_level: RecursionLevel = RecursionLevel()
    teredo: TeredoDecoder = TeredoDecoder()
    geneve: GeneveDecoder = GeneveDecoder()
    vxlan: VxlanDecoder = VxlanDecoder()
    gtp: GtpDecoder = GtpDecoder()


class DnsPorts(Part, frozen=True):
    dp: Annotated[str, ports("where what is malformed is DNS, too; what is sound is known on any port")] = "53"


class DnsTransport(Part, frozen=True):
    detection_ports: DnsPorts = DnsPorts()


class DnsProtocol(Part, frozen=True):
    udp: DnsTransport = DnsTransport()
    tcp: DnsTransport = DnsTransport()


class AppProtocols(Part, frozen=True):
    http: Http = Http()
    dns: DnsProtocol = DnsProtocol()
    tls: TlsProtocol = TlsProtocol()


class AppLayer(Part, frozen=True):
    protocols: AppProtocols = AppProtocols()


class Detect(Part, frozen=True):
    inspection_recursion_limit: Annotated[int, number("steps one rule may take in one buffer", "steps")] = 3000
    guess_applayer_tx: Annotated[
        bool, switch("an alert of a rule on packets or streams names its flow's transaction where there is only one")
    ] = False


class Stats(Part, frozen=True):
    decoder_events: Annotated[bool, switch("stats records count every decode event by name")] = True


class RuleOutput(Part, frozen=True):
    metadata: Annotated[bool, switch("an alert carries its rule's metadata")] = True
    raw: Annotated[bool, switch("an alert carries its rule's text")] = False
    reference: Annotated[bool, switch("an alert carries its rule's references")] = False


class AlertMetadata(Part, frozen=True):
    app_layer: Annotated[bool, switch("an alert carries its transaction, as its protocol's record has it")] = True
    flow: Annotated[bool, switch("an alert carries its flow's counters and its flowbits")] = True
    rule: RuleOutput = RuleOutput()


class AlertOutput(Part, frozen=True):
    payload: Annotated[bool, switch("an alert carries what was inspected, in base64")] = False
    payload_printable: Annotated[bool, switch("an alert carries what was inspected, in printable ASCII")] = False
    payload_length: Annotated[bool, switch("an alert carries the length of what was inspected")] = False
    payload_buffer_size: Annotated[int, size("the most of a payload that an alert carries")] = 4 * KIB
    packet: Annotated[bool, switch("an alert carries its packet, in base64")] = False
    verdict: Annotated[bool, switch("an alert carries the final verdict on its packet")] = False
    tagged_packets: Annotated[bool, switch("a rule's tag makes a packet record of each packet that follows")] = True
    metadata: AlertMetadata = AlertMetadata()


class AnomalyKinds(Part, frozen=True):
    decode: Annotated[bool, switch("records of packets that are malformed")] = False
    stream: Annotated[bool, switch("records of oddities of a TCP connection")] = False
    applayer: Annotated[bool, switch("records of oddities of an application protocol")] = True


class AnomalyOutput(Part, frozen=True):
    enabled: Annotated[bool, switch("anomaly records are written, of the types that follow")] = True
    types: AnomalyKinds = AnomalyKinds()


class DropOutput(Part, frozen=True):
    alerts: Annotated[bool, switch("a drop carries the alert of the rule that asked for it")] = True
    flows: Annotated[
        Literal["start", "all"], word("of a flow that is dropped, the first packet each way is reported, or all")
    ] = "start"
    verdict: Annotated[bool, switch("a drop carries the final verdict on its packet")] = False


class EveTypes(Part, frozen=True):
    alert: AlertOutput = AlertOutput()
    anomaly: AnomalyOutput = AnomalyOutput()
    drop: DropOutput = DropOutput()
    tls: TlsOutput = TlsOutput()
    files: FilesOutput = FilesOutput()


class EveLog(Part, frozen=True):
    community_id: Annotated[bool, switch("records of a flow carry its Community ID")] = True
    community_id_seed: Annotated[int, number("seed of the Community ID", "number", 0, 65535)] = 0
    ipv6_compress: Annotated[bool, switch("IPv6 addresses are written short (2001:db8::1)")] = False
    types: EveTypes = EveTypes()


class Outputs(Part, frozen=True):
    eve_log: EveLog = EveLog()
    file_store: FileStore = FileStore()


ADDRESS_GROUPS: Final = {
    "HOME_NET": "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
    "EXTERNAL_NET": "!$HOME_NET",
    "HTTP_SERVERS": "$HOME_NET",
    "SMTP_SERVERS": "$HOME_NET",
    "SQL_SERVERS": "$HOME_NET",
    "DNS_SERVERS": "$HOME_NET",
    "TELNET_SERVERS": "$HOME_NET",
    "AIM_SERVERS": "$EXTERNAL_NET",
    "DC_SERVERS": "$HOME_NET",
    "DNP3_SERVER": "$HOME_NET",
    "DNP3_CLIENT": "$HOME_NET",
    "MODBUS_CLIENT": "$HOME_NET",
    "MODBUS_SERVER": "$HOME_NET",
    "ENIP_CLIENT": "$HOME_NET",
    "ENIP_SERVER": "$HOME_NET",
}
PORT_GROUPS: Final = {
    "HTTP_PORTS": "80",
    "SHELLCODE_PORTS": "!80",
    "ORACLE_PORTS": "1521",
    "SSH_PORTS": "22",
    "DNP3_PORTS": "20000",
    "MODBUS_PORTS": "502",
    "FILE_DATA_PORTS": "[$HTTP_PORTS,110,143]",
    "FTP_PORTS": "21",
    "GENEVE_PORTS": "6081",
    "VXLAN_PORTS": "4789",
    "TEREDO_PORTS": "3544",
    "SIP_PORTS": "[5060,5061]",
}
VARS: Final = {"vars.address-groups.": ADDRESS_GROUPS, "vars.port-groups.": PORT_GROUPS}


class Config(Part, frozen=True):
    """Every setting; `origins` says where those come from that are not at their default, `notes` what was skipped."""

    vars: Vars = Vars(ADDRESS_GROUPS, PORT_GROUPS)
    vlan: Vlan = Vlan()
    flow: Flow = Flow()
    flow_timeouts: FlowTimeouts = FlowTimeouts()
    stream: Stream = Stream()
    defrag: Defrag = Defrag()
    host_os_policy: HostOsPolicy = HostOsPolicy()
    mpm_algo: Annotated[Literal["auto", "hs", "ac", "naive"], word("the multi-pattern matcher")] = "auto"
    packet_alert_max: Annotated[int, number("alerts per packet; more are counted", "alerts")] = 15
    threshold_file: Annotated[str, path("thresholds and suppressions for loaded rules (threshold.config)")] = ""
    exception_policy: Annotated[
        AnyPolicy, word("of all exceptions with `auto`; auto itself: drop-flow with --ips, else ignore")
    ] = "auto"
    decoder: Decoder = Decoder()
    app_layer: AppLayer = AppLayer()
    default_data_dir: Annotated[str, path("where rules' data sets are kept (save, state); empty is here")] = ""
    datasets: Datasets = Datasets()
    geoip_database: Annotated[str, path("MaxMind database of countries, for rules with geoip")] = ""
    reputation_categories_file: Annotated[str, path("categories of reputations, for rules with iprep")] = ""
    default_reputation_path: Annotated[str, path("where reputation-files are; empty is here")] = ""
    reputation_files: Annotated[str, path("reputations of addresses: [a.list, b.list]")] = ""
    detect: Detect = Detect()
    stats: Stats = Stats()
    outputs: Outputs = Outputs()
    origins: dict[str, str] = {}
    notes: tuple[str, ...] = ()


# Settings of the reference engine that mean nothing here: accepted, with a note that says why.
IGNORED: Final = (
    ("*.hash-size", "tables grow as they are needed"),
    ("*.prealloc*", "tables grow as they are needed"),
    ("stream.memcap", "flow.max-flows bounds the connections"),
    ("stream.drop-invalid", "a packet that its receiver does not take is not inspected as part of the stream"),
    ("stream.bypass", "a stream that reached its depth keeps nothing, and its packets are inspected one by one"),
    ("stream.reassembly.check-overlap-different-data", "overlapping segments are always compared"),
    ("stream.reassembly.toclient-chunk-size", "stream.reassembly.toserver-chunk-size counts for both directions"),
    ("stream.reassembly.raw", "the stream is always there for rules without a sticky buffer"),
    ("stream.reassembly.randomize-chunk-*", "the same capture gives the same events in every run"),
    ("stream.memcap-policy", "a connection is part of its flow: see flow.memcap-policy"),
    ("app-layer.error-policy", "what a parser does not understand is an anomaly; the flow is inspected on"),
    ("spm-algo", "one algorithm finds single patterns"),
    ("runmode", "one worker does the work"),
    ("threading.*", "one worker does the work"),
    ("detect.*", "rules are grouped by protocol, direction and buffer"),
    ("stats.*", "counters are written once, as the last record"),
    ("defrag.host-config.*", "one timeout holds for all hosts"),
    ("decoder.erspan.typeI.enabled", "ERSPAN of type I is always opened"),
    ("decoder.*", "every header is decoded wherever it is met"),
    ("app-layer.*", "every protocol that vids knows is followed, on any port"),
    ("datasets.enabled", "data sets are always there"),
    ("datasets.defaults.*", "each data set has its own memcap"),
    ("datasets.limits.*", "tables grow as they need, up to the memcap of each data set"),
    ("datasets.*.hashsize", "tables grow as they need, up to the memcap of each data set"),
    ("outputs.*", "vids replay --eve and --events say what is written where"),
    ("host.*", "the tables of hosts have bounds of their own"),
    ("ippair.*", "the tables of hosts have bounds of their own"),
    ("pcre.*", "the limits of pcre are fixed"),
    ("logging.*", "messages go to standard error"),
    ("pcap-file.*", "vids replay --checksums says what to do with wrong checksums"),
)


def _variable(prefix: str, name: str, default: str = "") -> Setting:
    unit = "addresses" if "address" in prefix else "ports"
    return Setting(prefix + name, str, default, unit, f"what ${name} stands for in rules")


STANDARD_VARS: Final = [_variable(prefix, *group) for prefix, groups in VARS.items() for group in groups.items()]
SETTINGS: Final = {setting.name: setting for setting in (*STANDARD_VARS, *table(Config))}


def load(
    path: Path | None, assignments: Sequence[str], flags: Mapping[str, tuple[object, str]] | None = None
) -> Config:
    """Return the configuration from a file, KEY=VALUE assignments, and settings that flags of a command stand for.

    The later wins. `flags` maps a setting's name to its value and the flag. Raises ConfigError.
    """
    loader = _Loader()
    if path is not None:
        loader.read_file(path)
    for assignment in assignments:
        loader.assign(assignment)
    for name, (value, flag) in (flags or {}).items():
        loader.give(name, value, flag, flag)
    return loader.config()


def rows(config: Config) -> list[tuple[Setting, object, str]]:
    """Return every setting with its value and where it came from."""
    found = []
    for name, value in _leaves(msgspec.to_builtins(config)):
        setting = _find(name)
        if setting is not None:
            found.append((setting, value, config.origins.get(setting.name, "default")))
    return found


class _Loader:
    """Collects what is given, each with its place."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.origins: dict[str, str] = {}
        self.notes: list[str] = []

    def read_file(self, path: Path) -> None:
        try:
            text = path.read_text("utf-8")
            tree = tomllib.loads(text)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}; name a readable file with -c") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(_toml_message(path, str(error), text)) from error
        for name, value in _leaves(tree):
            place = f"{path}:{_line_of(text, name)}"
            self.give(name, value, place, place)

    def assign(self, assignment: str) -> None:
        place = f"--set {assignment}"
        name, equals, value = assignment.partition("=")
        if not equals:
            raise ConfigError(f"{place}: expected KEY=VALUE")
        self.give(name.strip(), value, place, "--set")

    def give(self, name: str, value: object, place: str, origin: str) -> None:
        """Take one value; `place` is for messages, `origin` for people who ask where it came from."""
        name = ".".join(part for part in name.split(".") if not part.isdigit())  # outputs.1.eve-log: a list there
        setting = _find(name)
        if setting is None:
            self.notes.append(_why_ignored(name, place))
            return
        try:
            self.values[name] = setting.parse(value)
        except ValueError as error:
            raise ConfigError(f"{place}: {name}: {error}") from error
        self.origins[name] = origin

    def config(self) -> Config:
        tree: dict[str, Any] = {"origins": self.origins, "notes": tuple(self.notes)}
        defaults = {name: setting.default for name, setting in SETTINGS.items()}
        for name, value in (defaults | self.values).items():
            *parts, last = name.split(".", 2) if name.startswith("vars.") else name.split(".")
            if name not in SETTINGS and declared_field(name) is not None:
                parts.insert(1, "declared")
            place = tree
            for part in parts:
                place = place.setdefault(part, {})
            place[last] = value
        return msgspec.convert(tree, Config)


def _find(name: str) -> Setting | None:
    """Return the row of a setting; of a variable, standard or not."""
    for prefix in VARS:
        variable = name.removeprefix(prefix)
        if variable != name and name not in SETTINGS and re.fullmatch(r"\w+", variable):
            return _variable(prefix, variable)
    return SETTINGS.get(name) or declared_field(name)


def _why_ignored(name: str, place: str) -> str:
    """Return the note for a setting that has no meaning here; raise ConfigError for one that nobody knows."""
    misspelt = _misspelt(name)  # looked at before a wildcard swallows it
    for pattern, reason in IGNORED:
        if name == pattern or (not misspelt and fnmatchcase(name, pattern)):
            return f"{place}: {name} has no effect: {reason}"
    close = misspelt or difflib.get_close_matches(name, SETTINGS, 1)
    remedy = f"did you mean {close[0]}?" if close else "vids config show lists them all"
    raise ConfigError(f"{place}: no setting is called {name}; {remedy}")


def _misspelt(name: str) -> list[str]:
    """Return the setting that differs from `name` in a few letters of its last part."""
    parent, dot, last = name.rpartition(".")
    lasts = [other[len(parent + dot) :] for other in SETTINGS if other.rpartition(".")[0] == parent]
    return [parent + dot + close for close in difflib.get_close_matches(last, lasts, 1, cutoff=0.8)]


def _leaves(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _toml_message(path: Path, message: str, text: str) -> str:
    """Return what tomllib says with the place in front."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    if match is None:
        return f"{path}: {message}"
    place = f"{match[2]}:{match[3]}" if match[2] else str(text.count("\n") + 1)
    return f"{path}:{place}: {match[1]}"


def _line_of(text: str, name: str) -> int:
    """Return the line of a TOML text where the setting stands, or the table or inline table that holds it."""
    table, best = "", 1
    for at, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\s*(?:\[([^\[\]]+)\]|([^=\[#]+)=)", line)
        if match is None:
            continue
        key = re.sub(r"[\s\"']", "", match[1] or table + match[2])
        if match[1]:
            table = key + "."
        if key == name:
            return at
        if name.startswith(key + "."):
            best = at
    return best


def engine_settings(config: Config, is_ips: bool = False) -> Settings:
    """Return the engine's share of the configuration."""
    settings = Settings()
    timeouts = config.flow_timeouts
    settings.is_ips = is_ips
    settings.verify_checksums = config.stream.checksum_validation
    settings.midstream_policy = policy(config, config.stream.midstream_policy, is_ips, config.stream.midstream)
    settings.reassembly_memcap_policy = policy(config, config.stream.reassembly.memcap_policy, is_ips)
    settings.flow_memcap_policy = policy_without_flow(config, config.flow.memcap_policy, is_ips)
    settings.defrag_memcap_policy = policy_without_flow(config, config.defrag.memcap_policy, is_ips)
    anomaly = config.outputs.eve_log.types.anomaly
    kinds = anomaly.types
    settings.wants_anomalies = anomaly.enabled and (kinds.decode or kinds.stream)
    settings.wants_app_anomalies = anomaly.enabled and kinds.applayer
    settings.guess_transaction = config.detect.guess_applayer_tx
    settings.mpm_algorithm = config.mpm_algo
    settings.alert_max = config.packet_alert_max
    settings.inspection_steps = config.detect.inspection_recursion_limit
    settings.max_flows = config.flow.max_flows
    settings.flow_memcap = config.flow.memcap
    settings.emergency_recovery = config.flow.emergency_recovery
    settings.timeout_new_s = timeouts.default.new
    settings.timeout_established_s = timeouts.default.established
    settings.timeout_tcp_new_s = timeouts.tcp.new
    settings.timeout_tcp_established_s = timeouts.tcp.established
    settings.timeout_tcp_closed_s = timeouts.tcp.closed
    settings.timeout_udp_new_s = timeouts.udp.new
    settings.timeout_udp_established_s = timeouts.udp.established
    settings.timeout_icmp_new_s = timeouts.icmp.new
    settings.timeout_icmp_established_s = timeouts.icmp.established
    settings.emergency_new_s = timeouts.default.emergency_new
    settings.emergency_established_s = timeouts.default.emergency_established
    settings.emergency_tcp_new_s = timeouts.tcp.emergency_new
    settings.emergency_tcp_established_s = timeouts.tcp.emergency_established
    settings.emergency_tcp_closed_s = timeouts.tcp.emergency_closed
    settings.emergency_udp_new_s = timeouts.udp.emergency_new
    settings.emergency_udp_established_s = timeouts.udp.emergency_established
    settings.emergency_icmp_new_s = timeouts.icmp.emergency_new
    settings.emergency_icmp_established_s = timeouts.icmp.emergency_established
    settings.midstream = config.stream.midstream
    settings.stream_depth = config.stream.reassembly.depth
    settings.stream_chunk = config.stream.reassembly.toserver_chunk_size
    settings.stream_memcap = config.stream.reassembly.memcap
    settings.is_inline = config.stream.inline == "yes" or (config.stream.inline == "auto" and is_ips)
    settings.async_oneside = config.stream.async_oneside
    settings.liberal_timestamps = config.stream.liberal_timestamps
    settings.max_syn_queued = config.stream.max_syn_queued
    settings.max_synack_queued = config.stream.max_synack_queued
    settings.urgent_policy = config.stream.reassembly.urgent.policy
    settings.urgent_limit_policy = config.stream.reassembly.urgent.oob_limit_policy
    settings.track_vlans = config.vlan.use_for_tracking
    settings.defrag_memcap = config.defrag.memcap
    settings.defrag_max_datagrams = config.defrag.trackers
    settings.defrag_max_fragments = config.defrag.max_frags
    settings.defrag_timeout_s = config.defrag.timeout
    settings.host_networks = host_networks(config)
    set_files(settings, config.outputs.file_store, config.outputs.eve_log.types.files, config.origins)
    decoder = config.decoder
    settings.track_depth = decoder.recursion_level.use_for_tracking
    settings.max_layers = decoder.max_layers
    settings.teredo_ports = _tunnel_ports(config, "teredo", decoder.teredo)
    settings.geneve_ports = _tunnel_ports(config, "geneve", decoder.geneve)
    settings.vxlan_ports = _tunnel_ports(config, "vxlan", decoder.vxlan)
    settings.gtp_ports = _tunnel_ports(config, "gtp", decoder.gtp)
    config.app_layer.protocols.http.fill(settings)
    set_tls(settings, config.app_layer.protocols.tls, config.outputs.eve_log.types.tls, config.origins)
    dns = config.app_layer.protocols.dns
    settings.dns_udp_ports = _ports(
        config, "app-layer.protocols.dns.udp.detection-ports.dp", dns.udp.detection_ports.dp
    )
    settings.dns_tcp_ports = _ports(
        config, "app-layer.protocols.dns.tcp.detection-ports.dp", dns.tcp.detection_ports.dp
    )
    return settings


def policy(config: Config, wanted: str, is_ips: bool, is_lenient: bool = False) -> str:
    """Return the exception policy that counts: `wanted`, else that for all, else what our place in the traffic asks.

    Who is not inline cannot drop. `is_lenient` turns what `auto` means inline into ignore.
    """
    name = config.exception_policy if wanted == "auto" else wanted
    if name == "auto":
        name = "drop-flow" if is_ips and not is_lenient else "ignore"
    return "ignore" if name.startswith("drop") and not is_ips else name


def policy_without_flow(config: Config, wanted: str, is_ips: bool) -> str:
    """Return the policy for a full table: by default it makes room; and there is no flow to act on."""
    if wanted == "auto" and config.exception_policy == "auto":
        return "ignore"
    name = policy(config, wanted, is_ips)
    return {"drop-flow": "drop-packet", "pass-flow": "pass-packet", "bypass": "ignore"}.get(name, name)


def host_networks(config: Config) -> list[tuple[bytes, bytes, str]]:
    """Return first address, last address and operating system of each network of host-os-policy. Raises ConfigError."""
    found = []
    for system, text in msgspec.to_builtins(config.host_os_policy).items():
        for network in re.split(r"[\s,\"']+", text.strip("[]")):
            if not network:
                continue
            version, width = (6, 16) if ":" in network else (4, 4)
            try:
                first, last = address_range(network, version)
            except RuleError as error:
                name = f"host-os-policy.{system}"
                raise ConfigError(f"{config.origins.get(name, 'default')}: {name}: {error}") from error
            found.append((first.to_bytes(width, "big"), last.to_bytes(width, "big"), system))
    return found


def _tunnel_ports(
    config: Config, name: str, tunnel: TeredoDecoder | GeneveDecoder | VxlanDecoder | GtpDecoder
) -> list[int]:
    """Return the ports of a tunnel, none where it is not to be opened."""
    return _ports(config, f"decoder.{name}.ports", tunnel.ports) if tunnel.enabled else []


def _ports(config: Config, name: str, text: str) -> list[int]:
    """Return the ports that a setting means. Raises ConfigError."""
    try:
        ranges = PortParser(config.vars.port_groups).parse(text).ranges()
    except RuleError as error:
        raise ConfigError(f"{name}: {error}") from error
    return [port for low, high in ranges for port in range(low, high + 1)]

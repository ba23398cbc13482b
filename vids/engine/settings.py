"""What the engine can be told. Plain values: vids/config.py reads them, explains them and checks them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

TLS_BASIC: Final = (
    "subject",
    "issuer",
    "subjectaltname",
    "session_resumed",
)  # fields of tls records, by setting's names
TLS_EXTENDED: Final = (
    *TLS_BASIC, "version", "serial", "fingerprint", "not_before", "not_after", "sni", "ja3", "ja3s", "ja4", "client",
    "client_alpns", "server_alpns",
)  # fmt: skip
TLS_ALL: Final = (
    *TLS_EXTENDED, "certificate", "chain", "client_certificate", "client_chain", "client_handshake", "server_handshake",
)  # fmt: skip


@final
class Settings:
    """Settings of every room of the engine, at their defaults; names follow the reference engine's."""

    def __init__(self) -> None:
        self.verify_checksums = True
        self.is_ips = False  # drop and reject act as if inline
        self.mpm_algorithm = "auto"  # auto | hs | ac | naive
        self.wants_flows = True  # an event for each flow that ends
        self.guess_transaction = False  # alerts on packets and streams name the only transaction of their flow
        self.wants_transactions = True  # an event for each transaction whose record is due
        self.wants_anomalies = False  # events for malformed traffic; it is counted either way
        self.wants_app_anomalies = True  # events for oddities of applications; the same
        self.midstream_policy = "ignore"  # exception policies (policy.py)
        self.reassembly_memcap_policy = "ignore"
        self.flow_memcap_policy = "ignore"  # a full table makes room: any other policy, and it takes no new flow
        self.defrag_memcap_policy = "ignore"  # no memory for fragments: the same
        self.alert_max: i64 = 15  # alerts per packet; more are counted
        self.inspection_steps: i64 = 3000  # per rule and buffer (inspection-recursion-limit)
        self.max_flows: i64 = 200_000
        self.flow_memcap: i64 = 512 << 20  # bytes that the flows take, without what their streams hold
        self.emergency_recovery: i64 = 30  # percent below the limit where an emergency ends
        self.timeout_new_s: i64 = 30  # by protocol and state, seconds of packet time
        self.timeout_established_s: i64 = 300
        self.timeout_tcp_new_s: i64 = 60
        self.timeout_tcp_established_s: i64 = 600
        self.timeout_tcp_closed_s: i64 = 60
        self.timeout_udp_new_s: i64 = 30
        self.timeout_udp_established_s: i64 = 300
        self.timeout_icmp_new_s: i64 = 30
        self.timeout_icmp_established_s: i64 = 300
        self.emergency_new_s: i64 = 10  # the same while there is no room for more flows
        self.emergency_established_s: i64 = 100
        self.emergency_tcp_new_s: i64 = 10
        self.emergency_tcp_established_s: i64 = 100
        self.emergency_tcp_closed_s: i64 = 10
        self.emergency_udp_new_s: i64 = 10
        self.emergency_udp_established_s: i64 = 100
        self.emergency_icmp_new_s: i64 = 10
        self.emergency_icmp_established_s: i64 = 100
        self.midstream = False
        self.stream_depth: i64 = 1 << 20  # bytes per direction; 0 is no limit
        self.stream_chunk: i64 = 2560  # bytes acknowledged before a look
        self.stream_memcap: i64 = 256 << 20  # bytes held for reassembly, all flows together
        self.is_inline = False  # streams are inspected as they arrive, before they are acknowledged
        self.async_oneside = False  # connections of which one side alone is seen
        self.liberal_timestamps = True  # a timestamp may be older by one, and a SYN/ACK have one unasked
        self.max_syn_queued: i64 = 10  # SYNs of one connection that may be answered yet
        self.max_synack_queued: i64 = 5  # and SYN/ACKs
        self.urgent_policy = "oob"  # what an urgent byte is: oob | inline | drop | gap
        self.urgent_limit_policy = "drop"  # and when there were too many: inline | drop | gap
        self.track_vlans = True
        self.host_networks: list[tuple[bytes, bytes, str]] = []  # first and last address, operating system
        self.defrag_memcap: i64 = 32 << 20  # bytes
        self.defrag_max_datagrams: i64 = 65535  # that wait for fragments
        self.defrag_max_fragments: i64 = 65535
        self.defrag_timeout_s: i64 = 60  # from the first fragment on
        self.track_depth = True  # the same addresses inside and outside a tunnel are two flows
        self.max_layers: i64 = 16  # headers below the transport, in all tunnels of a frame
        self.teredo_ports: list[int] = [3544]  # UDP; none: the tunnel is not opened
        self.geneve_ports: list[int] = [6081]
        self.vxlan_ports: list[int] = [4789]
        self.gtp_ports: list[int] = [2152]
        # files
        self.wants_files = True  # an event for each file that ended
        self.file_needs: i64 = 0  # what is to be known of each, as bits of proto/digest.py; rules add theirs
        self.stores_files = False  # those that rules ask for
        self.stores_all_files = False
        self.file_store_depth: i64 = 1 << 20  # as stream_depth, of connections with files to be stored, if it is more
        self.range_memcap: i64 = 100 << 20  # bytes of files that come in parts
        self.range_timeout_s: i64 = 60  # since the last part
        # HTTP
        self.http_request_body_limit: i64 = 100 << 10  # bytes of a body, decoded; 0 is no limit
        self.http_response_body_limit: i64 = 100 << 10
        self.http_request_look: i64 = 32 << 10  # bytes that a body grows by before rules look again
        self.http_response_look: i64 = 40 << 10
        self.http_max_transactions: i64 = 512  # of one connection that wait for their response
        self.http_max_headers: i64 = 1024  # of one message
        self.http_decompress_layers: i64 = 2  # content codings, one inside the other; 0 undoes none
        self.http_lzma_enabled = True
        self.http_lzma_memory: i64 = 1 << 20  # bytes of a dictionary
        self.http_bomb_limit: i64 = 1 << 20  # bytes that may come of anything
        self.http_bomb_count: i64 = 3  # of one connection, before nothing is decoded any more
        self.http_double_decode_path = False
        self.http_double_decode_query = False
        self.http_query_plus_decode = False  # "+" is a space
        self.http_uri_include_all = False  # http.uri begins with scheme, user and host of the target
        self.dns_udp_ports: list[int] = [53]  # where what is malformed is DNS, too
        self.dns_tcp_ports: list[int] = [53]
        # TLS
        self.tls_encryption_handling = "track-only"  # what follows a handshake: track-only | bypass | full
        self.tls_fields: list[str] = list(TLS_EXTENDED)  # of tls records
        self.tls_session_resumption = True  # records of connections that go on with an earlier session
        self.tls_ja3_fingerprints = "auto"  # whether records carry JA3 and JA3S: auto (when a rule asks) | yes | no
        self.tls_ja3 = False  # what that comes to
        self.tls_ja4 = True  # records carry JA4

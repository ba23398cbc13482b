"""The record's `tunnel`: the outermost packet around one from inside."""

from eve_event import alert, anomaly, tcp_flow

from vids.engine.event import Tunnel
from vids.engine.packet.packet import Packet
from vids.eve.alert import alert_record
from vids.eve.anomaly import anomaly_record
from vids.eve.header import Options

V6 = bytes.fromhex("20010db8" + "00" * 11 + "01")


def outer(source: bytes, destination: bytes, protocol: int) -> Packet:
    """Return a packet with these ends; ports 5000 and 4789 where its protocol has ports."""
    packet = Packet()
    packet.data = source + destination
    packet.address_at = 0
    packet.ip_version = 4 if len(source) == 4 else 6
    packet.transport_at = len(packet.data)
    packet.source_port, packet.destination_port = 5000, 4789
    packet.protocol = protocol
    packet.number = 12
    return packet


def test_an_alert():
    event = alert(tcp_flow())
    event.number = 0
    event.packet_source = "vxlan encapsulation"
    event.tunnel = Tunnel(outer(b"\x0a\0\0\1", b"\x0a\0\0\2", 17), 1)
    record = alert_record(event, Options())
    assert "pcap_cnt" not in record
    assert record["pkt_src"] == "vxlan encapsulation"
    assert record["tunnel"] == {
        "src_ip": "10.0.0.1", "src_port": 5000, "dest_ip": "10.0.0.2", "dest_port": 4789, "proto": "UDP", "depth": 1,
        "pcap_cnt": 12, "pkt_src": "wire/pcap",
    }  # fmt: skip
    names = list(record)
    assert names.index("tunnel") == names.index("alert") + 1


def test_an_anomaly_in_a_tunnel_without_ports():
    event = anomaly("decode", "ipv4.trunc_pkt")
    event.tunnel = Tunnel(outer(V6, V6, 4), 3)
    options = Options()
    kinds = options.log.types.anomaly.types
    assert not kinds.decode
    assert anomaly_record(event, options) is None
    event.kind = "applayer"
    record = anomaly_record(event, options)
    assert record is not None
    full = "2001:0db8:0000:0000:0000:0000:0000:0001"
    assert record["tunnel"] == {
        "src_ip": full, "src_port": 0, "dest_ip": full, "dest_port": 0, "proto": "IP-in-IP", "depth": 3,
        "pcap_cnt": 12, "pkt_src": "wire/pcap",
    }  # fmt: skip


def test_none_without_a_tunnel():
    assert "tunnel" not in alert_record(alert(tcp_flow()), Options())

"""A TCP connection as frames, said line by line."""

import dpkt
from dpkt.tcp import TH_ACK, TH_FIN, TH_PUSH, TH_SYN

CLIENT, SERVER = (b"\x0a\0\0\1", 40000), (b"\x0a\0\0\2", 80)


class Talk:
    """A TCP connection as frames; `say` is a segment of one side and the other's acknowledgement.

    `opening` is data in the SYN.
    """

    def __init__(self, *said, opening=b""):
        self.frames = []
        self.seq = {CLIENT: 1000, SERVER: 9000}
        self._send(CLIENT, TH_SYN, opening)
        self._send(SERVER, TH_SYN | TH_ACK)
        self._send(CLIENT, TH_ACK)
        for who, data in said:
            self.say(who, data)

    def say(self, who, data):
        self._send(who, TH_ACK | TH_PUSH, data)
        self._send(SERVER if who is CLIENT else CLIENT, TH_ACK)

    def _send(self, who, flags, data=b""):
        other = SERVER if who is CLIENT else CLIENT
        tcp = dpkt.tcp.TCP(sport=who[1], dport=other[1], seq=self.seq[who], flags=flags, data=data)
        tcp.ack = self.seq[other] if flags & TH_ACK else 0
        ip = dpkt.ip.IP(src=who[0], dst=other[0], p=6, ttl=64, data=tcp)
        ip.len = len(ip)
        frame = dpkt.ethernet.Ethernet(dst=b"\2" * 6, src=b"\4" * 6, type=0x0800, data=ip)
        self.seq[who] += len(data) + (1 if flags & (TH_SYN | TH_FIN) else 0)
        self.frames.append((1_700_000_000_000_000_000 + len(self.frames) * 1_000_000, bytes(frame)))

"""EtherTypes: what a header says is behind it (IANA, IEEE 802 Numbers)."""

from __future__ import annotations

from typing import Final

IPV4: Final = 0x0800
ARP: Final = 0x0806
ERSPAN_3: Final = 0x22EB
BRIDGE: Final = 0x6558  # a whole Ethernet frame (RFC 1701)
DOT1Q: Final = 0x8100
IPV6: Final = 0x86DD
PPP: Final = 0x880B
MPLS: Final = 0x8847
MPLS_MULTICAST: Final = 0x8848
PPPOE_DISCOVERY: Final = 0x8863
PPPOE_SESSION: Final = 0x8864
DOT1AD: Final = 0x88A8
ERSPAN: Final = 0x88BE
PBB: Final = 0x88E7  # IEEE 802.1ah
DCE: Final = 0x8903
VNTAG: Final = 0x8926
ETAG: Final = 0x893F  # IEEE 802.1BR
NSH: Final = 0x894F
QINQ: Final = 0x9100

"""Addresses and protocol numbers as EVE writes them."""

from __future__ import annotations

from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Final

# IANA, Assigned Internet Protocol Numbers, by number; two as people and the reference engine call them.
NAMES: Final = (
    "HOPOPT", "ICMP", "IGMP", "GGP", "IP-in-IP", "ST", "TCP", "CBT", "EGP", "IGP", "BBN-RCC-MON", "NVP-II",
    "PUP", "ARGUS", "EMCON", "XNET", "CHAOS", "UDP", "MUX", "DCN-MEAS", "HMP", "PRM", "XNS-IDP", "TRUNK-1",
    "TRUNK-2", "LEAF-1", "LEAF-2", "RDP", "IRTP", "ISO-TP4", "NETBLT", "MFE-NSP", "MERIT-INP", "DCCP",
    "3PC", "IDPR", "XTP", "DDP", "IDPR-CMTP", "TP++", "IL", "IPv6", "SDRP", "IPv6-Route", "IPv6-Frag",
    "IDRP", "RSVP", "GRE", "DSR", "BNA", "ESP", "AH", "I-NLSP", "SWIPE", "NARP", "Min-IPv4", "TLSP", "SKIP",
    "IPv6-ICMP", "IPv6-NoNxt", "IPv6-Opts", "61", "CFTP", "63", "SAT-EXPAK", "KRYPTOLAN", "RVD", "IPPC",
    "68", "SAT-MON", "VISA", "IPCV", "CPNX", "CPHB", "WSN", "PVP", "BR-SAT-MON", "SUN-ND", "WB-MON",
    "WB-EXPAK", "ISO-IP", "VMTP", "SECURE-VMTP", "VINES", "IPTM", "NSFNET-IGP", "DGP", "TCF", "EIGRP",
    "OSPF", "Sprite-RPC", "LARP", "MTP", "AX.25", "IPIP", "MICP", "SCC-SP", "ETHERIP", "ENCAP", "99",
    "GMTP", "IFMP", "PNNI", "PIM", "ARIS", "SCPS", "QNX", "A/N", "IPComp", "SNP", "Compaq-Peer",
    "IPX-in-IP", "VRRP", "PGM", "114", "L2TP", "DDX", "IATP", "STP", "SRP", "UTI", "SMP", "SM", "PTP",
    "ISIS", "FIRE", "CRTP", "CRUDP", "SSCOPMCE", "IPLT", "SPS", "PIPE", "SCTP", "FC", "RSVP-E2E-IGNORE",
    "Mobility", "UDPLite", "MPLS-in-IP", "manet", "Shim6", "WESP", "ROHC", "Ethernet", "AGGFRAG", "NSH",
)  # fmt: skip


def protocol_name(protocol: int) -> str:
    """Return the name of an IP protocol, or its number where it has none."""
    return NAMES[protocol] if protocol < len(NAMES) else str(protocol)


def address_text(address: bytes, compress: bool) -> str:
    """Return the text of a 4- or 16-byte address, none for none; IPv6 in full (2001:0db8: ...) unless `compress`."""
    if len(address) == 4:
        return inet_ntoa(address)
    if len(address) == 16 and compress:
        return inet_ntop(AF_INET6, address)
    return address.hex(":", 2)

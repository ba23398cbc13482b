"""The shipped rules on real captures: worms are found, and ordinary traffic stays quiet."""

from collections import Counter

import pytest
from replaying import replay

MIDSTREAM = ("--set", "stream.midstream=true")
CASES = [
    # capture, settings, sid -> alerts
    ("slammer_real_2pkts.pcap", (), {1000001: 2}),
    ("slammer_real_with_icmp_quotes_4pkts.pcap", (), {1000001: 2}),
    ("dcom_ms03-026_real.pcap", (), {1000302: 2, 1000303: 2}),
    ("nimda_probe_uris_from_nikto_with_handshake.pcap", (), {1000201: 1, 1000203: 1, 1000205: 2, 1000218: 1}),
    ("nimda_probe_uris_from_nikto_midstream.pcap", MIDSTREAM, {1000203: 1, 1000205: 11, 1000206: 10}),
    ("nimda_probe_uris_from_nikto_midstream.pcap", (), {}),
    (
        "eternalblue-success-unpatched-win7.pcap",
        (),
        {1000902: 2, 1000903: 2, 1000904: 2, 1000905: 1, 1000906: 2, 1000908: 1},
    ),
    ("eternalblue-failed-patched-win7.pcap", (), {}),
    ("doublepulsar-backdoor-connect-win7.pcap", (), {1000908: 1}),
]
QUIET = ("everyday", "exploits", "tunnels", "overlap", "formats", "malformed")


@pytest.mark.parametrize(("capture", "settings", "alerts"), CASES, ids=[f"{c[0]}{'+' * bool(c[1])}" for c in CASES])
def test_worm(shared, tmp_path, capture, settings, alerts):
    path = shared / "captures" / "worms" / capture
    assert replay(tmp_path, "--checksums", "ignore", *settings, path) == (0, Counter(alerts))


def test_blaster_in_its_shell(shared, tmp_path):
    """Its nine packets stand twice in the file, a reset between: whether the second nine are a new flow is open."""
    path = shared / "captures" / "worms" / "blaster.pcap"
    code, alerts = replay(tmp_path, "--checksums", "ignore", *MIDSTREAM, path)
    assert code == 0
    assert set(alerts) == {1000305}


@pytest.mark.parametrize("folder", QUIET)
def test_other_traffic_is_quiet(shared, tmp_path, folder):
    code, alerts = replay(tmp_path, "--checksums", "ignore", shared / "captures" / folder)
    assert code in {0, 4}  # 4: some file of the folder is no capture, or of a kind that is not supported
    assert alerts == Counter()

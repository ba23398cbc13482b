"""Settings: where a value comes from, how it is written, what is said of a mistake."""

import pytest

from vids.config import ADDRESS_GROUPS, IGNORED, PORT_GROUPS, SETTINGS, Config, engine_settings, load, rows
from vids.engine.packet.overlap import POLICIES
from vids.engine.proto.digest import MD5, SHA1, SHA256
from vids.engine.settings import Settings
from vids.errors import ConfigError

MIB = 1 << 20


def value(config: Config, name: str) -> object:
    return {setting.name: value for setting, value, _ in rows(config)}[name]


WRITTEN = [
    # KEY=VALUE                                                     name                             value
    ("stream.midstream=true", "stream.midstream", True),
    ("stream.midstream=YES", "stream.midstream", True),
    ("stream.midstream=on", "stream.midstream", True),
    ("stream.midstream=1", "stream.midstream", True),
    ("stream.checksum-validation=no", "stream.checksum-validation", False),
    ("stream.checksum-validation=off", "stream.checksum-validation", False),
    ("stream.reassembly.depth=0", "stream.reassembly.depth", 0),
    ("stream.reassembly.depth=50", "stream.reassembly.depth", 50),
    ("stream.reassembly.depth=64kb", "stream.reassembly.depth", 64 * 1024),
    ("stream.reassembly.depth=1mb", "stream.reassembly.depth", MIB),
    ("stream.reassembly.depth=2 GiB", "stream.reassembly.depth", 2048 * MIB),
    ("stream.reassembly.depth=7b", "stream.reassembly.depth", 7),
    ("stream.inline=auto", "stream.inline", "auto"),
    ("mpm-algo=ac", "mpm-algo", "ac"),
    ("flow-timeouts.tcp.closed=5", "flow-timeouts.tcp.closed", 5),
    ("vars.address-groups.HOME_NET=any", "vars.address-groups.HOME_NET", "any"),
    ("vars.address-groups.A=[10.0.0.0/8,!10.1.0.0/16]", "vars.address-groups.A", "[10.0.0.0/8,!10.1.0.0/16]"),
    ("vars.port-groups.MY_PORTS=[1,2:3]", "vars.port-groups.MY_PORTS", "[1,2:3]"),
    ("outputs.eve-log.types.alert.payload=yes", "outputs.eve-log.types.alert.payload", True),
    ("outputs.1.eve-log.types.2.anomaly.types.stream=yes", "outputs.eve-log.types.anomaly.types.stream", True),
]  # fmt: skip


@pytest.mark.parametrize(("assignment", "name", "wanted"), WRITTEN, ids=[case[0] for case in WRITTEN])
def test_a_value_as_people_write_it(assignment, name, wanted):
    config = load(None, [assignment])
    assert value(config, name) == wanted
    assert config.origins == {name: "--set"}


MISTAKES = [
    ("stream.midstraem=1", "no setting is called stream.midstraem; did you mean stream.midstream?"),
    ("flow.timeouts.tcp.new=3", "did you mean flow-timeouts.tcp.new?"),
    ("detect.inspection-recusion-limit=9", "did you mean detect.inspection-recursion-limit?"),
    ("outputs.1.eve-log.types.0.alert.paylod=yes", "did you mean outputs.eve-log.types.alert.payload?"),
    ("qwertz=1", "vids config show lists them all"),
    ("=1", "vids config show lists them all"),
    ("vars.address-groups.=any", "no setting is called"),
    ("stream.midstream", "expected KEY=VALUE"),
    ("stream.midstream=perhaps", "stream.midstream: expected yes or no"),
    ("mpm-algo=fast", "mpm-algo: expected one of auto, hs, ac, naive"),
    ("packet-alert-max=many", "packet-alert-max: expected a number"),
    ("packet-alert-max=0", "packet-alert-max: expected 1 to 2147483648 alerts"),
    ("packet-alert-max=-1", "packet-alert-max: expected a number"),
    ("packet-alert-max=99999999999999999999", "packet-alert-max: expected a number"),
    ("stream.reassembly.depth=1tb", "expected a size such as 4096, 64kb or 1mb"),
    ("outputs.eve-log.community-id-seed=65536", "expected 0 to 65535"),
]


@pytest.mark.parametrize(("assignment", "message"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_one_line_with_place_and_remedy(assignment, message):
    with pytest.raises(ConfigError) as error:
        load(None, [assignment])
    assert str(error.value).startswith(f"--set {assignment}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 3


IGNORED_NAMES = [
    "flow.hash-size",
    "ippair.hash-size",
    "defrag.prealloc",
    "decoder.vntag.enabled",
    "decoder.erspan.typeI.enabled",
    "app-layer.protocols.snmp.enabled",
    "outputs.1.eve-log.types.1.frame.enabled",
    "threading.cpu-affinity",
    "stream.drop-invalid",
    "stream.bypass",
    "spm-algo",
    "runmode",
    "datasets.defaults.memcap",
    "datasets.seen.hashsize",
    "detect.profile",
    "stream.reassembly.toclient-chunk-size",
]


@pytest.mark.parametrize("name", IGNORED_NAMES)
def test_a_setting_of_the_reference_engine_without_meaning_here_is_noted(name):
    config = load(None, [f"{name}=1"])
    assert len(config.notes) == 1
    assert "has no effect: " in config.notes[0]
    assert config.origins == {}


def test_no_setting_is_ignored_by_a_pattern_written_for_another():
    assert load(None, [f"{name}={_sample(setting)}" for name, setting in SETTINGS.items()]).notes == ()
    assert len({pattern for pattern, _ in IGNORED}) == len(IGNORED)


def _sample(setting):
    return "yes" if setting.default is True else setting.default


TOML = """\
mpm-algo = "ac"          # a comment
packet-alert-max = 3

[stream]
midstream = true
reassembly.depth = "2mb"

[flow-timeouts.tcp]
new = 7

[vars.address-groups]
HOME_NET = ["10.0.0.0/8", "!10.9.0.0/16"]
"MY_NET" = "10.1.0.0/16"

[vars.port-groups]
ORACLE_PORTS = 1521
"""

FROM_FILE = [
    # name                             value                        line
    ("mpm-algo", "ac", 1),
    ("packet-alert-max", 3, 2),
    ("stream.midstream", True, 5),
    ("stream.reassembly.depth", 2 * MIB, 6),
    ("flow-timeouts.tcp.new", 7, 9),
    ("vars.address-groups.HOME_NET", "[10.0.0.0/8,!10.9.0.0/16]", 12),
    ("vars.address-groups.MY_NET", "10.1.0.0/16", 13),
    ("vars.port-groups.ORACLE_PORTS", "1521", 16),
]


@pytest.mark.parametrize(("name", "wanted", "line"), FROM_FILE, ids=[case[0] for case in FROM_FILE])
def test_a_file_says_what_and_where(tmp_path, name, wanted, line):
    path = tmp_path / "vids.toml"
    path.write_text(TOML)
    config = load(path, [])
    assert value(config, name) == wanted
    assert config.origins[name] == f"{path}:{line}"


def test_the_line_of_an_inline_table(tmp_path):
    path = tmp_path / "vids.toml"
    path.write_text("[vars]\n\nport-groups = { HTTP_PORTS = 8080 }\n")
    assert load(path, []).origins == {"vars.port-groups.HTTP_PORTS": f"{path}:3"}


def test_the_later_wins(tmp_path):
    path = tmp_path / "vids.toml"
    path.write_text("packet-alert-max = 3\nmpm-algo = 'hs'\nstream.checksum-validation = true\n")
    config = load(
        path, ["packet-alert-max=4", "packet-alert-max=5"], {"stream.checksum-validation": (False, "--checksums")}
    )
    assert (config.packet_alert_max, config.mpm_algo, config.stream.checksum_validation) == (5, "hs", False)
    assert config.origins == {
        "packet-alert-max": "--set",
        "mpm-algo": f"{path}:2",
        "stream.checksum-validation": "--checksums",
    }


FILE_MISTAKES = [
    # text                                     where   message
    ("[stream\n", "1:8", "Expected ']'"),
    ("a = 1\na = 2\n", "2:6", "Cannot overwrite a value"),
    ("\nx = ", "2", "Invalid value"),
    ("\n\n[stream]\nmidstream = 'perhaps'\n", "4", "stream.midstream: expected yes or no"),
    ("stream.midstream = 1.5\n", "1", "stream.midstream: expected yes or no"),
    ("packet-alert-max = [1]\n", "1", "packet-alert-max: expected a number"),
    ("packet-alert-max = true\n", "1", "packet-alert-max: expected a number"),
    ("[stream]\n\nmidstraem = true\n", "3", "did you mean stream.midstream?"),
]


@pytest.mark.parametrize(("text", "where", "message"), FILE_MISTAKES, ids=[case[0] for case in FILE_MISTAKES])
def test_a_mistake_in_a_file_names_its_line(tmp_path, text, where, message):
    path = tmp_path / "vids.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load(path, [])
    assert str(error.value).startswith(f"{path}:{where}: ")
    assert message in str(error.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "none.toml", [])
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "latin.toml", [])


def test_every_setting_is_explained():
    for setting in SETTINGS.values():
        assert setting.meaning and setting.unit, setting.name
    assert len({setting.name for setting, _, _ in rows(Config())}) == len(SETTINGS)


def test_defaults_are_the_engine_s_own():
    """A setting's default stands in two places; this holds them together."""
    mine, theirs = engine_settings(Config()), Settings()
    names = [name for name in dir(theirs) if not name.startswith("_")]
    assert {name: getattr(mine, name) for name in names} == {name: getattr(theirs, name) for name in names}


ENGINE = [
    # KEY=VALUE                              attribute of Settings         value
    ("stream.checksum-validation=no", "verify_checksums", False),
    ("mpm-algo=naive", "mpm_algorithm", "naive"),
    ("outputs.eve-log.types.anomaly.types.decode=yes", "wants_anomalies", True),
    ("outputs.eve-log.types.anomaly.types.stream=yes", "wants_anomalies", True),
    ("packet-alert-max=2", "alert_max", 2),
    ("detect.inspection-recursion-limit=4", "inspection_steps", 4),
    ("flow.max-flows=5", "max_flows", 5),
    ("flow-timeouts.default.new=1", "timeout_new_s", 1),
    ("flow-timeouts.default.established=2", "timeout_established_s", 2),
    ("flow-timeouts.tcp.new=3", "timeout_tcp_new_s", 3),
    ("flow-timeouts.tcp.established=4", "timeout_tcp_established_s", 4),
    ("flow-timeouts.tcp.closed=5", "timeout_tcp_closed_s", 5),
    ("flow-timeouts.udp.new=6", "timeout_udp_new_s", 6),
    ("flow-timeouts.udp.established=7", "timeout_udp_established_s", 7),
    ("flow-timeouts.icmp.new=8", "timeout_icmp_new_s", 8),
    ("flow-timeouts.icmp.established=9", "timeout_icmp_established_s", 9),
    ("stream.midstream=yes", "midstream", True),
    ("stream.reassembly.depth=10", "stream_depth", 10),
    ("stream.reassembly.toserver-chunk-size=11", "stream_chunk", 11),
    ("stream.reassembly.memcap=12mb", "stream_memcap", 12 * MIB),
    ("stream.inline=yes", "is_inline", True),
    ("stream.inline=true", "is_inline", True),
    ("stream.async-oneside=yes", "async_oneside", True),
    ("stream.liberal-timestamps=no", "liberal_timestamps", False),
    ("stream.max-syn-queued=3", "max_syn_queued", 3),
    ("stream.max-synack-queued=2", "max_synack_queued", 2),
    ("stream.reassembly.urgent.policy=gap", "urgent_policy", "gap"),
    ("stream.reassembly.urgent.oob-limit-policy=inline", "urgent_limit_policy", "inline"),
    ("flow.memcap=7mb", "flow_memcap", 7 * MIB),
    ("flow.emergency-recovery=50", "emergency_recovery", 50),
    ("flow-timeouts.default.emergency-new=11", "emergency_new_s", 11),
    ("flow-timeouts.default.emergency-established=12", "emergency_established_s", 12),
    ("flow-timeouts.tcp.emergency-new=13", "emergency_tcp_new_s", 13),
    ("flow-timeouts.tcp.emergency-established=14", "emergency_tcp_established_s", 14),
    ("flow-timeouts.tcp.emergency-closed=15", "emergency_tcp_closed_s", 15),
    ("flow-timeouts.udp.emergency-new=16", "emergency_udp_new_s", 16),
    ("flow-timeouts.udp.emergency-established=17", "emergency_udp_established_s", 17),
    ("flow-timeouts.icmp.emergency-new=18", "emergency_icmp_new_s", 18),
    ("flow-timeouts.icmp.emergency-established=19", "emergency_icmp_established_s", 19),
    ("vlan.use-for-tracking=no", "track_vlans", False),
    ("decoder.recursion-level.use-for-tracking=no", "track_depth", False),
    ("decoder.max-layers=7", "max_layers", 7),
    ("decoder.teredo.enabled=no", "teredo_ports", []),
    ("decoder.teredo.ports=any", "teredo_ports", list(range(65536))),
    ("decoder.geneve.ports=6081:6083", "geneve_ports", [6081, 6082, 6083]),
    ("decoder.vxlan.ports=[8472, 4789]", "vxlan_ports", [4789, 8472]),
    ("vars.port-groups.VXLAN_PORTS=8472", "vxlan_ports", [8472]),
    ("decoder.gtp.enabled=0", "gtp_ports", []),
]


@pytest.mark.parametrize(("assignment", "attribute", "wanted"), ENGINE, ids=[case[0] for case in ENGINE])
def test_a_setting_reaches_the_engine(assignment, attribute, wanted):
    assert getattr(engine_settings(load(None, [assignment])), attribute) == wanted
    assert getattr(Settings(), attribute) != wanted


def test_ports_of_a_tunnel_that_are_none():
    with pytest.raises(ConfigError, match=r"decoder\.vxlan\.ports: .*'70000' is not a port"):
        engine_settings(load(None, ["decoder.vxlan.ports=70000"]))


def test_ips_reaches_the_engine():
    assert engine_settings(Config(), is_ips=True).is_ips
    assert not engine_settings(Config()).is_ips


def test_inline_is_as_ips_unless_it_is_said():
    for said, is_ips, wanted in [
        ("auto", True, True),
        ("auto", False, False),
        ("yes", False, True),
        ("no", True, False),
    ]:
        assert engine_settings(load(None, [f"stream.inline={said}"]), is_ips).is_inline == wanted


def test_standard_variables_are_there():
    config = Config()
    assert config.vars.address_groups == ADDRESS_GROUPS
    assert config.vars.port_groups == PORT_GROUPS


ONE_6 = bytes.fromhex("20010db8" + "00" * 11 + "01")
HOST_NETWORKS = [
    # KEY=VALUE                                          networks
    ("host-os-policy.linux=[10.0.0.0/8, 192.0.2.7]",
     [(b"\x0a\0\0\0", b"\x0a\xff\xff\xff", "linux"), (b"\xc0\0\2\7", b"\xc0\0\2\7", "linux")]),
    ("host-os-policy.bsd-right=::/0", [(bytes(16), b"\xff" * 16, "bsd-right")]),
    ('host-os-policy.last=["2001:db8::1"]', [(ONE_6, ONE_6, "last")]),
    ("host-os-policy.windows=[]", []),
]  # fmt: skip


@pytest.mark.parametrize(("given", "networks"), HOST_NETWORKS)
def test_host_os_policy(given, networks):
    assert engine_settings(load(None, [given])).host_networks == networks


def test_host_os_policy_says_what_is_wrong():
    with pytest.raises(ConfigError, match=r"--set: host-os-policy\.macos: '10\.0\.0\.0/33'"):
        engine_settings(load(None, ["host-os-policy.macos=[10.0.0.0/33]"]))


def test_every_operating_system_has_a_policy():
    names = {name.removeprefix("host-os-policy.") for name in SETTINGS if name.startswith("host-os-policy.")}
    assert names == set(POLICIES)


DIGESTS = [
    # force-hash            what is to be known
    ("",                    0),
    ("[]",                  0),
    ("md5",                 MD5),
    ("[md5, sha256]",       MD5 | SHA256),
    ('["SHA1"]',            SHA1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "needs"), DIGESTS)
def test_digests_of_every_file(text, needs):
    assert engine_settings(load(None, [f"outputs.eve-log.types.files.force-hash={text}"])).file_needs == needs
    assert engine_settings(load(None, [f"outputs.file-store.force-hash={text}"])).file_needs == 0
    stores = [f"outputs.file-store.force-hash={text}", "outputs.file-store.enabled=yes"]
    assert engine_settings(load(None, stores)).file_needs == needs


def test_an_unknown_digest_is_a_mistake():
    with pytest.raises(ConfigError, match=r"--set.*force-hash: 'md6' is no digest: expected md5, sha1, sha256"):
        engine_settings(load(None, ["outputs.eve-log.types.files.force-hash=[md5, md6]"]))

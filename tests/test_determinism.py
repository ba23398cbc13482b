"""The same frames give the same EVE, byte for byte: again, elsewhere, in other batches, in another container."""

import gzip
import importlib
import lzma
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from engine_run import Bench, batches_of, frames_of, load, merged, resized
from golden_case import EVERYTHING, PCAPS, replay, still

ROOT = Path(__file__).resolve().parent.parent
SHARED = (  # of every folder some
    "everyday/smb/smb_v2_only_non_zero_reserved1.pcap",
    "everyday/mysql/auth.pcap",
    "everyday/ftp/bruteforce.pcap",
    "exploits/heartbleed.pcap",
    "malformed/print-flags.pcap",
    "malformed/resp_1_benchmark.pcap",
    "overlap/bro.org-harlemshake-inject.pcap",
    "overlap/qi_local_SYNACK_slashdot_redirect.pcap",
    "tunnels/socks.pcap",
    "worms/nimda_probe_uris_from_nikto_with_handshake.pcap",
    "worms/eternalblue-success-unpatched-win7.pcap",
)
RULES = r"""
alert ip any any -> any any (msg:"VIDS test: every flow"; sid:1;)
alert tcp any any -> any any (msg:"VIDS test: lines"; flow:established; content:"|0d 0a|"; sid:2;)
alert tcp any any -> any any (msg:"VIDS test: a regular expression"; flow:established; pcre:"/[a-f][0-9]{2}/"; sid:3;)
alert tcp-pkt any any -> any any (msg:"VIDS test: packets"; content:"e"; \
    threshold:type both,track by_src,count 3,seconds 9; sid:4;)
alert tcp any any -> any any (msg:"VIDS test: first"; content:"e"; \
    flowbits:set,vids.e; flowbits:set,vids.b; flowbits:set,vids.a; sid:5;)
alert tcp any any -> any any (msg:"VIDS test: then"; content:"t"; flowbits:isset,vids.e; sid:6;)
"""
MIDSTREAM = "stream.midstream=true"


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "test.rules"
    path.write_text(RULES)
    return path


@pytest.fixture(scope="module")
def bench(rules):
    return Bench(load([rules, ROOT / "rules"]), MIDSTREAM, "mpm-algo=ac")


@pytest.fixture(scope="module", params=["pcaps", "shared"])
def paths(request):
    if request.param == "pcaps":
        return sorted(PCAPS.glob("*.pcap"))
    return [request.getfixturevalue("shared") / "captures" / name for name in SHARED]


def test_the_same_again(rules, paths, tmp_path):
    command = ["--rules", rules, "--events", EVERYTHING, "--set", "outputs.eve-log.types.alert.payload=true", *paths]
    first = replay(tmp_path / "first.json", *command)
    assert first.count(b"\n") > 100
    assert first == replay(tmp_path / "second.json", *command)


def test_the_same_elsewhere(rules, tmp_path):
    """In another process, folder and language, with another order of hashes."""
    command = ["--rules", str(rules), "--events", EVERYTHING, str(PCAPS)]
    here = replay(tmp_path / "here.json", *command)
    away = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = [sys.executable, "-m", "vids", "replay", "--eve", "-", *command]
    done = subprocess.run(there, env=os.environ | away, cwd=tmp_path, capture_output=True, check=True)
    assert still(done.stdout) == here


@pytest.mark.parametrize("size", [1, 7])
def test_batches_do_not_show(bench, paths, size):
    for path in paths:
        batches = batches_of(path)
        assert bench.eve(resized(batches, size)) == bench.eve(merged(batches)), path.name


def pcapng(frames):
    """Return the frames as pcapng, with nanoseconds; an interface for each link type."""
    links = sorted({link for _, _, link in frames})
    made = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    made += [block(1, struct.pack("<HHI", link, 0, 0) + struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0)) for link in links]
    for timestamp_ns, frame, link in frames:
        fields = (links.index(link), timestamp_ns >> 32, timestamp_ns & 0xFFFF_FFFF, len(frame), len(frame))
        made.append(block(6, struct.pack("<IIIII", *fields) + frame))
    return b"".join(made)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def zstd(data):
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return importlib.import_module(module).compress(data)


PACKERS = {"gz": gzip.compress, "xz": lzma.compress, "zst": zstd}


@pytest.mark.parametrize("name", ["nimda_climbs.pcap", "slammer.pcap"])
@pytest.mark.parametrize("container", ["gz", "xz", "zst", "pcapng", "pcapng.gz", "pcapng.xz", "pcapng.zst", "folder"])
def test_containers_do_not_show(rules, tmp_path, name, container):
    plain = PCAPS / name
    command = ["--rules", rules, "--events", EVERYTHING]
    wanted = replay(tmp_path / "plain.json", *command, plain)
    if container == "folder":
        packed = tmp_path / "folder"
        (packed / "deeper").mkdir(parents=True)
        shutil.copy(plain, packed / "deeper")
    else:
        kind, _, packing = container.rpartition(".")
        is_pcapng = "pcapng" in (kind, packing)
        data = pcapng(frames_of(plain)) if is_pcapng else plain.read_bytes()
        packed = tmp_path / f"capture.{container}"
        packed.write_bytes(PACKERS.get(packing, bytes)(data))
    assert replay(tmp_path / "packed.json", *command, packed) == wanted

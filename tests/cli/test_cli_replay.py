"""`vids replay`: what goes where, and with which exit code."""

import json
import os
import signal

import cli_run
import pytest

import vids.cli.replay
from vids.capture.file import open_captures
from vids.cli.progress import Watch


def types(out: bytes) -> list[str]:
    return [json.loads(line)["event_type"] for line in out.splitlines()]


ALL = ["alert", "alert", "alert", "alert", "flow", "flow", "flow", "flow", "stats"]


def test_a_pipe_gets_eve_and_the_last_record_is_stats(folder):
    code, out, err = folder.replay(folder.capture)
    assert (code, err) == (0, [])
    assert types(out) == ALL
    stats = json.loads(out.splitlines()[-1])
    assert stats["timestamp"].startswith("2023-11-1")  # the packets' clock
    assert stats["stats"]["decoder"]["pkts"] == len(cli_run.FRAMES)
    assert stats["stats"]["decoder"]["event"] == {"ethernet": {"pkt_too_small": 1}}
    engine = {"id": 0, "rules_loaded": 3, "rules_failed": 0, "rules_skipped": 0}
    assert stats["stats"]["detect"]["engines"] == [engine]
    assert set(stats["stats"]["replay"]) == {"load_seconds", "packets_seconds", "packets", "bytes"}
    assert stats["stats"]["replay"]["packets"] == len(cli_run.FRAMES)
    assert stats["stats"]["replay"]["bytes"] == sum(map(len, cli_run.FRAMES))


EVENTS = [
    # --events             records
    ("alert",              ["alert"] * 4),
    ("flow,stats",         ["flow"] * 4 + ["stats"]),
    ("anomaly",            ["anomaly"]),
    (" alert , anomaly ",  ["alert"] * 4 + ["anomaly"]),
]  # fmt: skip


@pytest.mark.parametrize(("events", "wanted"), EVENTS)
def test_events(folder, events, wanted):
    code, out, _ = folder.replay("--events", events, folder.capture)
    assert code == 0
    assert types(out) == wanted


def test_anomalies_by_setting(folder):
    _, out, _ = folder.replay("--set", "outputs.1.eve-log.types.2.anomaly.types.decode=yes", folder.capture)
    (record,) = [json.loads(line) for line in out.splitlines() if b'"anomaly"' in line]
    assert record["anomaly"] == {"type": "decode", "event": "decoder.ethernet.pkt_too_small"}


def test_stats_without_decoder_events(folder):
    _, out, _ = folder.replay("--set", "stats.decoder-events=no", "--events", "stats", folder.capture)
    assert "event" not in json.loads(out)["stats"]["decoder"]


def test_eve_file_leaves_standard_output_alone(folder):
    code, out, err = folder.replay("--eve", "eve.json", folder.capture)
    assert (code, out, err) == (0, b"", [])
    assert types((folder.path / "eve.json").read_bytes()) == ALL


def test_the_same_run_gives_the_same_records(folder):
    first, second = (folder.replay("--events", "alert,flow", folder.capture)[1] for _ in range(2))
    assert first == second


def test_table_and_file(folder):
    code, out, _ = folder.replay("--table", "--eve", "eve.json", folder.capture)
    assert code == 0
    assert types((folder.path / "eve.json").read_bytes()) == ALL
    text = out.decode()
    assert "VIDS test worm" in text
    assert "10.0.0.1 -> 10.0.0.2 and 1 more" in text
    assert "VIDS test [bold]name[/bold]" in text
    assert "4 alerts of 3 rules; 6 packets" in text
    assert "rules: 3 loaded, 0 waiting, 0 failed" in text
    assert "note: 1 packets malformed" in text


def test_on_a_terminal_it_is_a_table(folder, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "150")
    code, out, _ = folder.replay(folder.capture)
    assert code == 0
    assert b"VIDS test worm" in out
    assert b"event_type" not in out
    code, out, _ = folder.replay("--eve", "-", folder.capture)
    assert types(out) == ALL


@pytest.mark.parametrize(("flags", "action"), [((), "allowed"), (("--ips",), "blocked")])
def test_ips_blocks(folder, flags, action):
    _, out, _ = folder.replay(*flags, "--events", "alert", folder.capture)
    records = [json.loads(line)["alert"] for line in out.splitlines()]
    assert [(record["signature_id"], record["action"]) for record in records] == [
        (1, "allowed"), (1, "allowed"), (2, "allowed"), (3, action),
    ]  # fmt: skip


def test_inline_every_packet_that_goes_nowhere_is_a_drop(folder):
    verdict = ("--set", "outputs.eve-log.types.drop.verdict=yes")
    _, out, _ = folder.replay("--ips", *verdict, "--events", "drop,stats", folder.capture)
    *drops, stats = [json.loads(line) for line in out.splitlines()]
    assert [(drop["pcap_cnt"], drop["drop"]["reason"]) for drop in drops] == [(4, "rules")]
    assert (drops[0]["alert"]["signature_id"], drops[0]["verdict"]) == (3, {"action": "drop"})
    ips = stats["stats"]["ips"]
    assert (ips["blocked"], ips["rejected"], ips["accepted"]) == (2, 0, 4)
    assert (ips["drop_reason"]["rules"], ips["drop_reason"]["flow_drop"]) == (1, 1)
    _, out, _ = folder.replay(
        "--ips", "--set", "outputs.eve-log.types.drop.flows=all", "--events", "drop", folder.capture
    )
    assert [json.loads(line)["drop"]["reason"] for line in out.splitlines()] == ["rules", "flow drop"]


def test_a_threshold_file(folder):
    file = folder.path / "threshold.config"
    file.write_text(
        "suppress gen_id 1, sig_id 2\n\n"
        "threshold gen_id 1, sig_id 1, type limit, track by_src, count 1, seconds 60\n"
        "supress gen_id 1, sig_id 3\n"
    )
    thresholds = ("--set", f"threshold-file={file}")
    code, out, err = folder.replay(*thresholds, "--events", "alert", folder.capture)
    assert code == 0
    assert [json.loads(line)["alert"]["signature_id"] for line in out.splitlines()] == [1, 3]
    assert len(err) == 1
    assert err[0].startswith(f"vids: {file}:4:1: 'supress' is not a kind of threshold (did you mean suppress?)")
    code, out, _ = folder.run("rules", "check", *thresholds, folder.rules)
    assert (code, b"threshold.config:4:1: " in out) == (3, True)


def test_a_threshold_file_that_is_not_there(folder):
    code, _, err = folder.replay("--set", "threshold-file=nowhere", folder.capture)
    assert code == 3
    assert err == ["vids: nowhere: cannot be read: No such file or directory (check its name and permissions)"]


def test_bounds_that_were_reached_are_named_at_the_end(folder):
    _, _, err = folder.replay("--set", "flow.max-flows=1", folder.capture)
    assert err == ["vids: limits reached: flow.max-flows (flow.max_flows_reached 1); see docs/limits.md"]


@pytest.mark.parametrize(("flag", "state"), [("verify", None), ("ignore", "syn_sent")])
def test_checksums(folder, flag, state):
    cli_run.write_pcap(folder.path / "bad.pcap", [cli_run.bad_syn("10.0.0.1", "10.0.0.2")])
    _, out, _ = folder.replay("--events", "flow", "--checksums", flag, "bad.pcap")
    assert json.loads(out)["tcp"].get("state") == state


def test_captures_that_are_none_are_one_line_each_and_the_others_go_on(folder):
    (folder.path / "text.pcap").write_text("no capture at all\n")
    code, out, err = folder.replay("text.pcap", "missing.pcap", folder.capture)
    assert code == 4
    assert types(out) == ALL
    assert len(err) == 2
    assert any(line.startswith("vids: text.pcap: no capture") for line in err)
    assert any(line.startswith("vids: missing.pcap: no such file") for line in err)


def test_a_capture_cut_short_is_read_and_reported(folder):
    data = (folder.path / "small.pcap").read_bytes()
    (folder.path / "cut.pcap").write_bytes(data[:-3])
    code, out, err = folder.replay("cut.pcap")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["stats"]["decoder"]["pkts"] == len(cli_run.FRAMES) - 1
    assert len(err) == 1
    assert "cut short" in err[0]


def test_bad_rules_are_reported_and_the_others_run(folder):
    bad = "".join(f'alert tcp any any -> any any (msg:"x"; contend:"y"; sid:{100 + i};)\n' for i in range(30))
    (folder.path / "bad.rules").write_text(bad)
    code, out, err = folder.replay("-r", "bad.rules", "--events", "stats", folder.capture)
    assert code == 0
    assert json.loads(out)["stats"]["detect"]["engines"][0] | {"id": 0} == {
        "id": 0, "rules_loaded": 3, "rules_failed": 30, "rules_skipped": 0,
    }  # fmt: skip
    assert len(err) == 21
    assert err[0].startswith("vids: bad.rules:1:")
    assert err[-1] == "vids: 10 more problems in rules: vids rules check PATH shows all"


def test_rules_that_cannot_be_read_are_exit_3(folder):
    code, out, err = folder.run("replay", "-r", "none.rules", folder.capture)
    assert (code, out) == (3, b"")
    assert len(err) == 1
    assert err[0].startswith("vids: none.rules: ")


def test_the_shipped_rules_are_the_default(folder):
    code, out, _ = folder.run("replay", "--events", "stats", folder.capture)
    assert code == 0
    assert json.loads(out)["stats"]["detect"]["engines"][0]["rules_loaded"] > 0


def test_a_file_of_settings(folder):
    (folder.path / "vids.toml").write_text("[outputs.eve-log.types.alert]\npayload-printable = true\n")
    _, out, _ = folder.replay("-c", "vids.toml", "--events", "alert", folder.capture)
    assert json.loads(out.splitlines()[2])["payload_printable"] == "evil.example"
    code, out, err = folder.replay("-c", "none.toml", folder.capture)
    assert (code, out) == (3, b"")
    assert err == ["vids: none.toml: No such file or directory; name a readable file with -c"]


def test_eve_never_overwrites_a_capture(folder):
    before = (folder.path / "small.pcap").read_bytes()
    code, _, err = folder.replay("--eve", "small.pcap", folder.capture)
    assert code == 2
    assert err == ["vids: small.pcap: is a capture to be read; name another file for --eve"]
    assert (folder.path / "small.pcap").read_bytes() == before


def test_a_place_that_cannot_be_written(folder):
    code, _, err = folder.replay("--eve", "none/eve.json", folder.capture)
    assert code == 2
    assert err == ["vids: none/eve.json: cannot write: no such file or directory; make its folder first"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk(folder):
    code, _, err = folder.replay("--eve", "/dev/full", folder.capture)
    assert code == 2
    assert err == ["vids: /dev/full: cannot write: no space left on device; make room, or write elsewhere"]


class Interrupted:
    """A source during whose second batch a person presses Ctrl-C: while it is read, or while it is worked on."""

    def __init__(self, paths, while_reading):
        self._source = open_captures([paths[0]] * 3)
        self._while_reading = while_reading
        self.problems, self.path, self.total_bytes, self.bytes_read = [], "", None, 0

    def __iter__(self):
        for number, batch in enumerate(self._source):
            if number == 1 and self._while_reading:
                os.kill(os.getpid(), signal.SIGINT)
            yield batch


# The flow that a drop rule took gives no alert in the second batch.
@pytest.mark.parametrize(("while_reading", "n_alerts"), [(True, 4), (False, 4 + 3)])
def test_ctrl_c_stops_between_batches_and_writes_what_was_found(folder, monkeypatch, while_reading, n_alerts):
    monkeypatch.setattr(vids.cli.replay, "open_captures", lambda paths: Interrupted(paths, while_reading))
    if not while_reading:
        feed, batches = vids.cli.replay.EveWriter.write, []

        def write(self, events):
            batches.append(1)
            if len(batches) == 2:
                os.kill(os.getpid(), signal.SIGINT)
            feed(self, events)

        monkeypatch.setattr(vids.cli.replay.EveWriter, "write", write)
    code, out, err = folder.replay(folder.capture)
    assert code == 130
    assert err == ["vids: interrupted"]
    assert types(out)[-1] == "stats"
    assert types(out).count("alert") == n_alerts


def test_the_handler_of_ctrl_c_is_put_back(folder):
    before = signal.getsignal(signal.SIGINT)
    with Watch(open_captures([folder.capture])):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before

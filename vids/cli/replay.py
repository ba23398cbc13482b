"""`vids replay`: capture files through the engine; EVE to a file or a pipe, a table of alerts for a person."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from vids import rulefiles
from vids.capture.file import open_captures
from vids.cli.config import file_option, load_config, set_option
from vids.cli.progress import Watch
from vids.cli.table import WIDTH, AlertTable
from vids.config import Config, engine_settings
from vids.engine.engine import Engine
from vids.engine.event import Event
from vids.engine.limits import reached
from vids.engine.proto.digest import STORED
from vids.engine.rule.ruleset import RuleSet
from vids.errors import CaptureError, OutputError
from vids.eve.filestore import FileStore
from vids.eve.header import Options
from vids.eve.record import EVENT_TYPES, TRANSACTION_TYPES
from vids.eve.sink import FileSink, Sink, StdoutSink
from vids.eve.stats import Load, Replay, stats_record
from vids.eve.text import visible
from vids.eve.writer import EveWriter
from vids.library import Library
from vids.sensor import run

MAX_RULE_PROBLEMS: Final = 20  # lines; `vids rules check` prints them all


def event_types(context: click.Context, parameter: click.Parameter, value: str | None) -> frozenset[str] | None:
    """Return the event types of a list such as alert,flow; None where none was asked for."""
    if value is None:
        return None
    names = frozenset(name.strip() for name in value.split(","))
    if unknown := sorted(names - set(EVENT_TYPES)):
        raise click.BadParameter(f"no event type is called {unknown[0]!r}: use {', '.join(EVENT_TYPES)}")
    return names


def one_worker(context: click.Context, parameter: click.Parameter, value: int) -> int:
    """Return the number of workers, which is one."""
    if value != 1:
        raise click.BadParameter("only 1 worker is supported")
    return value


@click.command()
@click.option(
    "-r",
    "--rules",
    "rule_paths",
    multiple=True,
    metavar="PATH",
    help="A file of rules, or a folder of *.rules. Repeatable. Default: the shipped rules.",
)
@click.option(
    "--eve", metavar="FILE|-", help="Where EVE goes; - is standard output. Default: the pipe, if there is one."
)
@click.option(
    "--events",
    "wanted",
    callback=event_types,
    metavar="TYPE,...",
    help=f"Any of {', '.join(EVENT_TYPES)}. Default: all, anomalies as the settings say.",
)
@click.option("--table", "wants_table", is_flag=True, help="A table of alerts in a pipe too, instead of EVE.")
@file_option
@set_option
@click.option("--ips", is_flag=True, help="Act as if inline: drop and reject stop what follows.")
@click.option(
    "--checksums",
    type=click.Choice(["verify", "ignore"]),
    help="Whether TCP segments with a wrong checksum are left out (verify) or taken (ignore).",
)
@click.option("--workers", type=int, default=1, callback=one_worker, metavar="N", help="Only 1.")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
def replay(
    rule_paths: tuple[str, ...],
    eve: str | None,
    wanted: frozenset[str] | None,
    wants_table: bool,
    config_file: Path | None,
    assignments: tuple[str, ...],
    ips: bool,
    checksums: str | None,
    workers: int,
    captures: tuple[str, ...],
) -> int:
    """Find in captures (files, folders, - for standard input) what the rules describe.

    On a terminal the alerts are a table; in a pipe, every event is a line of EVE JSON.
    """
    if eve == "-" and wants_table:
        raise click.UsageError("--eve - and --table both want standard output")
    config = load_config(config_file, assignments, flag_settings(checksums, wanted))
    table = AlertTable() if wants_table or (sys.stdout.isatty() and eve != "-") else None
    started = time.perf_counter()
    library = Library(config)
    ruleset = load_rules(rule_paths, config, library)
    settings = engine_settings(config, ips)
    settings.wants_flows = wanted is None or "flow" in wanted
    settings.wants_files = wanted is None or "fileinfo" in wanted
    settings.wants_transactions = wanted is None or not wanted.isdisjoint(TRANSACTION_TYPES)
    settings.wants_app_anomalies = settings.wants_app_anomalies and (wanted is None or "anomaly" in wanted)
    engine = Engine(ruleset, settings)
    load = Load(ruleset.loaded, ruleset.failed, ruleset.skipped, time.perf_counter() - started)
    options = Options(config.outputs.eve_log, ruleset.reference_systems, ruleset.names)
    with ExitStack() as stack:
        store = file_store(config, ruleset, options)
        if store is not None:
            stack.enter_context(closing(store))
        writer = None
        if eve is not None or table is None:
            writer = EveWriter(open_sink(eve or "-", captures), options, wanted or EVENT_TYPES)
            stack.enter_context(closing(writer))
        watch = stack.enter_context(Watch(open_captures(captures)))
        started = time.perf_counter()
        counters = run(watch, engine, Fan([sink for sink in (store, writer, table) if sink is not None]))
        if store is not None:
            counters.update(store.counters())
        library.keep()
        replayed = Replay(counters["decoder.pkts"], counters["decoder.bytes"], time.perf_counter() - started)
        if writer is not None:
            writer.write_stats(stats_record(watch.last_ns, counters, load, replayed, config.stats.decoder_events))
    complain_of_limits(counters)
    if table is not None:
        table.show(console(), counters, load, replayed)
    return outcome(watch)


def complain_of_limits(counters: dict[str, int]) -> None:
    """Say which bounds of the engine were reached: what is behind them was not, or not fully, inspected."""
    bounds: dict[str, list[str]] = {}  # by counter: some share one
    for limit in reached(counters):
        bounds.setdefault(limit.counter, []).append(limit.bound)
    if bounds:
        found = [f"{' or '.join(names)} ({counter} {counters[counter]})" for counter, names in bounds.items()]
        complain(f"limits reached: {', '.join(found)}; see docs/limits.md")


def flag_settings(checksums: str | None, wanted: Collection[str] | None) -> dict[str, tuple[object, str]]:
    """Return the settings that flags stand for, each with its flag."""
    flags: dict[str, tuple[object, str]] = {}
    if checksums is not None:
        flags["stream.checksum-validation"] = (checksums == "verify", "--checksums")
    if wanted is not None:
        anomaly = "outputs.eve-log.types.anomaly."
        flags[anomaly + "enabled"] = ("anomaly" in wanted, "--events")
        for kind in ("decode", "stream", "applayer"):  # who asks for anomalies by name means all of them
            flags[f"{anomaly}types.{kind}"] = (True, "--events")
    return flags


def load_rules(paths: Collection[str], config: Config, library: Library) -> RuleSet:
    """Return the rules; say on standard error what is wrong with those that are left out."""
    groups = config.vars
    ruleset = rulefiles.load(paths, groups.address_groups, groups.port_groups, config.threshold_file, library)
    for problem in ruleset.problems[:MAX_RULE_PROBLEMS]:
        complain(str(problem))
    more = len(ruleset.problems) - MAX_RULE_PROBLEMS
    if more > 0:
        complain(f"{more} more problems in rules: vids rules check PATH shows all")
    return ruleset


def file_store(config: Config, ruleset: RuleSet, options: Options) -> FileStore | None:
    """Return the store of files, where it is wanted. Raises OutputError."""
    store = config.outputs.file_store
    if store.enabled:
        return FileStore(Path(store.dir), options, complain, store.max_open_files, store.write_fileinfo)
    if any(rule.file_needs & STORED for rule in ruleset.rules):
        complain("rules would have files stored, but outputs.file-store.enabled is off")
    return None


def open_sink(eve: str, captures: Collection[str]) -> Sink:
    """Return where EVE goes; a file is begun anew, but never a capture that is to be read."""
    if eve == "-":
        return StdoutSink()
    path = Path(eve)
    if path.is_file() and any(path.samefile(capture) for capture in captures if Path(capture).exists()):
        raise OutputError(f"{eve}: is a capture to be read; name another file for --eve")
    return FileSink(path)


class Fan:
    """Hands events to every sink; the store of files comes first, since records say what was stored."""

    def __init__(self, sinks: list[FileStore | EveWriter | AlertTable]) -> None:
        self._sinks = sinks

    def write(self, events: list[Event]) -> None:
        for sink in self._sinks:
            sink.write(events)


def console() -> Console:
    """Return the console of standard output; where it is no terminal, wide enough for a table."""
    return Console() if sys.stdout.isatty() else Console(width=WIDTH)


def outcome(watch: Watch) -> int:
    """Say what was wrong with captures; return the exit code."""
    for problem in watch.problems:
        complain(str(problem))
    if watch.is_interrupted:
        raise KeyboardInterrupt
    return CaptureError.exit_code if any(problem.is_error for problem in watch.problems) else 0


def complain(message: str) -> None:
    """Write one line for a person."""
    click.echo(f"vids: {visible(message)}", err=True)

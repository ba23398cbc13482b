"""Captures through one engine without the command line: frames in batches of any size, EVE lines out."""

from vids import config as configuration
from vids import rulefiles
from vids.capture.file import open_captures
from vids.engine.batch import ENTRY, Batch
from vids.engine.engine import Engine
from vids.engine.event import Alert
from vids.eve.header import Options
from vids.eve.writer import EveWriter

IGNORE_CHECKSUMS = "stream.checksum-validation=false"


class Lines:
    """A sink that keeps its lines."""

    def __init__(self):
        self.lines = []

    def msg(self, message):
        self.lines.append(message)

    def close(self):
        pass


def load(paths, variables=None):
    """Return the rules of some files; `variables` maps address groups to what they hold."""
    groups = configuration.load(None, []).vars
    return rulefiles.load(paths, groups.address_groups | (variables or {}), groups.port_groups)


class Bench:
    """A ruleset and settings: each run has an engine of its own."""

    def __init__(self, ruleset, *settings):
        self.ruleset = ruleset
        self.config = configuration.load(None, settings)
        self.settings = configuration.engine_settings(self.config)
        self.settings.wants_anomalies = True

    def engine(self):
        return Engine(self.ruleset, self.settings)

    def eve(self, batches):
        """Return the EVE lines of some batches, without stats."""
        engine = self.engine()
        sink = Lines()
        options = Options(self.config.outputs.eve_log, self.ruleset.reference_systems, self.ruleset.names)
        writer = EveWriter(sink, options)
        for batch in batches:
            writer.write(engine.feed(batch))
        writer.write(engine.close())
        return sink.lines


def alerts_of(events):
    """Return the alerts, each as the number of its packet and its sid."""
    return [(event.number, event.rule.sid) for event in events if isinstance(event, Alert)]


def batches_of(path):
    """Return a capture in the batches that it is read in."""
    return list(open_captures([str(path)]))


def frames_of(path):
    """Return a capture as (timestamp_ns, frame, link type)."""
    frames = []
    for batch in batches_of(path):
        for at in range(0, len(batch.index), ENTRY):
            begin, length, link = (int.from_bytes(batch.index[at + i : at + i + 4], "little") for i in (8, 12, 20))
            timestamp_ns = int.from_bytes(batch.index[at : at + 8], "little")
            frames.append((timestamp_ns, batch.data[begin : begin + length], link))
    return frames


def resized(batches, size):
    """Return the same frames, `size` of them a batch."""
    return [
        Batch(batch.data, batch.index[at : at + size * ENTRY])
        for batch in batches
        for at in range(0, len(batch.index), size * ENTRY)
    ]


def merged(batches):
    """Return all frames as one batch."""
    data, index = bytearray(), bytearray()
    for batch in batches:
        for at in range(0, len(batch.index), ENTRY):
            entry = bytearray(batch.index[at : at + ENTRY])
            entry[8:12] = (int.from_bytes(entry[8:12], "little") + len(data)).to_bytes(4, "little")
            index += entry
        data += batch.data
    return [Batch(bytes(data), bytes(index))]


def shifted(batches, by_ns):
    """Return the same frames, later."""
    later = []
    for batch in batches:
        index = bytearray(batch.index)
        for at in range(0, len(index), ENTRY):
            time_ns = int.from_bytes(index[at : at + 8], "little") + by_ns
            index[at : at + 8] = time_ns.to_bytes(8, "little")
        later.append(Batch(batch.data, bytes(index)))
    return later


def times_of(batches):
    """Return the times of all frames, in nanoseconds."""
    return [
        int.from_bytes(batch.index[at : at + 8], "little")
        for batch in batches
        for at in range(0, len(batch.index), ENTRY)
    ]

"""dataset: whether the buffer is in a set, or adding it to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.dataset import ADDED, KINDS, DataSet
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import number
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

OPERATIONS: Final = ("isset", "isnotset", "set", "unset")
WORDS: Final = (
    "type", "load", "save", "state", "memcap", "hashsize", "format", "context_key", "enrichment_key", "value_key",
    "array_key", "remove_key",
)  # fmt: skip
FORMATS: Final = {"csv": "csv", "json": "json", "ndjson": "ndjson", "jsonline": "ndjson"}
LARGEST: Final = 1 << 40  # bytes


@final
class DatasetOption(PayloadCheck):
    """Look up the sticky buffer, as it is after its transforms, in a set; or change the set.

    `isset` and `isnotset` ask; `set` adds the buffer, and matches when it was not there; `unset` removes it, and
    matches when it was. `load` fills the set from a file beside the rules; `save` keeps it in a file of
    `default-data-dir` when the run ends, `state` does both. With `format json` or `ndjson` an entry's JSON goes into
    the alert, as `alert.context`, under `context_key`. A set that has reached its `memcap` takes no more, and counts.
    """

    name: ClassVar[str] = "dataset"
    syntax: ClassVar[str] = (
        "dataset:isset|isnotset|set|unset,NAME[,type string|md5|sha256|ipv4|ip][,load|save|state FILE]"
        "[,memcap SIZE][,hashsize N]"
        "[,format csv|json|ndjson,value_key KEY,context_key KEY[,array_key KEY][,remove_key]];"
    )
    source: ClassVar[str] = "Suricata user guide, rules, datasets, dataset"
    cases: ClassVar[Cases] = (
        ("set,seen,type ip", {"before": "ip.src;", "packets": (b"a",)}, True),
        ("set,seen,type ip", {"before": "ip.src;", "packets": (b"a", b"a")}, False),
        ("isset,listed", {"before": "ip.src;", "packets": b"a"}, True),
        ("isset,listed", {"before": "ip.dst;", "packets": b"a"}, False),
        ("isnotset,listed", {"before": "ip.dst;", "packets": b"a"}, True),
        ("unset,listed", {"before": "ip.src;", "packets": (b"a", b"a")}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("has,a,type ip", "has"),
        ("isset", "expected"),
        ("isset,a,type x", "type"),
        ("isset,a,size 3", "size"),
        ("isset,a,type ip,load a,state b", "exclude each other"),
        ("isset,a,type ip,format xml", "format"),
        ("isset,a,type ip,load x,format json", "value_key"),
        ("isset,a,type ip", "sticky buffer"),
    )

    def __init__(self, operation: str, words: dict[str, str], set_name: str) -> None:
        self.operation = operation
        self.words = words
        self.set_name = set_name
        self.values = DataSet(set_name, words.get("type", KINDS[0]))
        self.context_key = words.get("context_key", words.get("enrichment_key", ""))

    @classmethod
    def parse(cls, text: str) -> DatasetOption:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) < 2 or not parts[1]:
            raise RuleError(f"{short(text)} names no operation and set (expected {cls.syntax})")
        if parts[0] not in OPERATIONS:
            raise RuleError(f"{short(parts[0])} is not an operation (expected {cls.syntax})")
        words = words_of(parts[2:], WORDS, cls.syntax)
        form = FORMATS.get(words.get("format", "csv"), "")
        if not form:
            raise RuleError(f"format {short(words['format'])} is unknown (expected csv, json or ndjson)")
        if form != "csv" and not ("value_key" in words and ("context_key" in words or "enrichment_key" in words)):
            raise RuleError(f"format {form} needs value_key and context_key (expected {cls.syntax})")
        return cls(parts[0], words, parts[1])

    def place(self, draft: Draft) -> None:
        if not draft.buffer:
            raise RuleError("looks up a sticky buffer: none stands before it (dns.query; dataset:isset,...;)")
        self.values = declared(draft, self.set_name, self.words)
        draft.inspection().checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        cursor.begin = base
        cursor.end = base
        values, data = self.values, cursor.data
        if self.operation == "isset":
            if not values.has(data):
                return False
            if self.context_key:
                cursor.add_context(self.context_key, values.context(data))
            return True
        if self.operation == "isnotset":
            return not values.has(data)
        if self.operation == "set":
            return values.add(data) == ADDED
        return values.remove(data)


def words_of(parts: list[str], known: tuple[str, ...], syntax: str) -> dict[str, str]:
    """Return the settings behind the name of a set. Raises RuleError."""
    words: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition(" ")
        if name not in known:
            raise RuleError(f"{short(part)} is no setting of a set (expected {syntax})")
        if name in words:
            raise RuleError(f"{name} stands there twice (keep one)")
        words[name] = value.strip()
    if words.get("type", KINDS[0]) not in KINDS:
        raise RuleError(f"type {short(words['type'])} is unknown (expected {'|'.join(KINDS)})")
    if "state" in words and ("load" in words or "save" in words):
        raise RuleError("state is load and save in one: they exclude each other")
    return words


def declared(draft: Draft, name: str, words: dict[str, str]) -> DataSet:
    """Return the set that a rule names: made as the first of its rules says. Raises RuleError."""
    found, is_new = draft.resources.datasets.declare(name, words.get("type", ""))
    if is_new:
        found.rule_path = draft.rule.path
        found.load = words.get("load", words.get("state", ""))
        found.save = words.get("save", words.get("state", ""))
        found.is_state = "state" in words
        found.format = FORMATS[words.get("format", "csv")]
        found.value_key = words.get("value_key", "")
        found.array_key = words.get("array_key", "")
        found.removes_key = "remove_key" in words
        if "memcap" in words:
            if not words["memcap"][:1].isdecimal():
                raise RuleError(f"memcap {short(words['memcap'])} is no size (64mb, 1gb)")
            found.memcap = number(words["memcap"], LARGEST)
    draft.rule.datasets.append(found)
    return found


register(DatasetOption)

"""Sets of values that rules look up and add to, and values with a reputation."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError

KINDS: Final = ("string", "md5", "sha256", "ipv4", "ip")
LENGTHS: Final[dict[str, int]] = {"md5": 16, "sha1": 20, "sha256": 32, "ipv4": 4, "ip": 16}  # bytes
MAPPED: Final = bytes(10) + b"\xff\xff"  # an IPv4 address among those of IPv6 (RFC 4291, section 2.5.5.2)
DEFAULT_MEMCAP: Final = 100 << 20  # bytes of one set
ENTRY: Final = 128  # bytes that an entry takes beside its value

ADDED: Final = 1  # what became of a value that was to be added
THERE: Final = 0
FULL: Final = -1


@final
class DataSet:
    """Values of one kind by their bytes; with each, its reputation or JSON that goes into alerts."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind
        self.memcap: i64 = DEFAULT_MEMCAP
        self.memuse: i64 = 0  # bytes, as they are counted
        self.refused: i64 = 0  # values that found the set full
        self.has_changed = False  # since it was loaded
        self.load = ""  # file to fill it from, as the rule names it
        self.save = ""  # file to keep it in
        self.is_state = False  # one file for both, which need not be there yet
        self.keyword = "dataset"  # that declared it
        self.rule_path = ""  # of the rule that declared it: `load` counts from there
        self.format = "csv"  # csv, json, ndjson, or hashes
        self.value_key = ""  # JSON: where the value is, dots between keys
        self.array_key = ""  # JSON: where the list of entries is
        self.removes_key = False  # JSON: the value does not go into alerts
        self.has_reputation = False
        self.fault = ""  # why it could not be filled
        self.oddity = ""  # what its file holds that is no value
        self._values: dict[bytes, bytes] = {}  # JSON, or nothing
        self._reputations: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._values) + len(self._reputations)

    def key(self, data: bytes) -> bytes | None:
        """Return what stands for these bytes in the set; None where they are no value of its kind."""
        if self.kind == "string":
            return data
        if self.kind == "ip" and len(data) == 4:
            return MAPPED + data
        return data if len(data) == LENGTHS[self.kind] else None

    def has(self, data: bytes) -> bool:
        """Return whether the set holds a value."""
        key = self.key(data)
        return key is not None and key in self._values

    def context(self, data: bytes) -> bytes:
        """Return the JSON that belongs to a value; nothing where there is none."""
        key = self.key(data)
        return b"" if key is None else self._values.get(key, b"")

    def add(self, data: bytes, context: bytes = b"") -> i64:
        """Add a value; return ADDED, THERE for one that was in the set, FULL where none more fits or is none."""
        key = self.key(data)
        if key is None:
            return FULL
        if key in self._values:
            return THERE
        if not self._has_room(len(key) + len(context)):
            return FULL
        self._values[key] = context
        self.has_changed = True
        return ADDED

    def remove(self, data: bytes) -> bool:
        """Remove a value; return whether it was there."""
        key = self.key(data)
        if key is None or key not in self._values:
            return False
        self.memuse -= ENTRY + len(key) + len(self._values.pop(key))
        self.has_changed = True
        return True

    def rate(self, data: bytes, reputation: int) -> bool:
        """Give a value a reputation; False where none more fits, or it is no value of the set's kind."""
        key = self.key(data)
        if key is None or (key not in self._reputations and not self._has_room(len(key))):
            return False
        self._reputations[key] = reputation
        return True

    def reputation(self, data: bytes) -> int:
        """Return a value's reputation; -1 for none."""
        key = self.key(data)
        return -1 if key is None else self._reputations.get(key, -1)

    def values(self) -> list[bytes]:
        """Return all values, the oldest first."""
        return list(self._values)

    def _has_room(self, length: i64) -> bool:
        if self.memuse + ENTRY + length > self.memcap:
            self.refused += 1
            return False
        self.memuse += ENTRY + length
        return True


@final
class DataSets:
    """The sets of a ruleset, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, DataSet] = {}

    def declare(self, name: str, kind: str) -> tuple[DataSet, bool]:
        """Return the set of a name, and whether it is new. Raises RuleError where kinds differ or none is known."""
        known = self.by_name.get(name)
        if known is None:
            if not kind:
                raise RuleError(f"no set is called {name!r} yet (say what it holds: type {'|'.join(KINDS)})")
            known = DataSet(name, kind)
            self.by_name[name] = known
            return known, True
        if kind and kind != known.kind:
            raise RuleError(f"set {name!r} holds {known.kind}, not {kind} (one name, one type)")
        return known, False

    def counters(self) -> dict[str, int]:
        """Return what was counted, by dotted EVE name."""
        return {
            "detect.dataset_entries": sum([len(each) for each in self.by_name.values()]),
            "detect.dataset_refused": sum([int(each.refused) for each in self.by_name.values()]),
        }

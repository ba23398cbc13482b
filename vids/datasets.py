"""The files of rules' data sets and hash lists: filled before the first packet, kept when the run ends.

One value a line: base64 for strings, hexadecimal for hashes, addresses as people write them; a reputation behind a
comma. Or JSON, of which each entry names its value (Suricata user guide, rules, datasets).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final

import msgspec

from vids.engine.rule.dataset import FULL, LENGTHS, DataSet, DataSets
from vids.engine.rule.hashlist import HASHES
from vids.errors import OutputError

MAX_FILE: Final = 1 << 30  # bytes
MAX_REPUTATION: Final = 65535


class SetError(Exception):
    """Why a set cannot be filled or kept."""


class SetFiles:
    """Where the files of data sets may be, and whether rules may have any written."""

    def __init__(self, folder: Path, allows_absolute: bool = False, allows_write: bool = True) -> None:
        self.folder = folder
        self.allows_absolute = allows_absolute
        self.allows_write = allows_write

    def fill(self, sets: DataSets) -> None:
        """Fill every set that has a file; what is wrong with one is its `fault`."""
        for values in sets.by_name.values():
            try:
                self._fill(values)
            except SetError as error:
                values.fault = str(error)
            values.has_changed = False

    def keep(self, sets: DataSets) -> None:
        """Write every set that a rule wants kept, and that has changed. Raises OutputError."""
        for values in sets.by_name.values():
            if values.save and values.has_changed and not values.fault:
                place = self.folder / values.save
                lines = "".join(f"{value_text(value, values.kind)}\n" for value in values.values())
                try:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(lines, encoding="ascii")
                except OSError as error:
                    raise OutputError(f"{place}: {error.strerror}; set {values.name} is not kept") from error

    def _fill(self, values: DataSet) -> None:
        if values.save and values.rule_path:  # the configuration is the operator's: it may name any file
            self._check_save(values)
        if not values.load:
            return
        if values.is_state:
            place = self.folder / values.load
            if not place.exists():
                return
        else:
            place = Path(values.rule_path).parent / values.load
        fill(values, read(place))

    def _check_save(self, values: DataSet) -> None:
        """Refuse a file that rules may not write: they often come from others."""
        name = Path(values.save)
        if not self.allows_write:
            raise SetError(f"{values.save}: datasets.rules.allow-write is off")
        if not self.allows_absolute and (name.is_absolute() or ".." in name.parts):
            raise SetError(f"{values.save}: only files below default-data-dir may be written")
        place = self.folder / name
        if place.exists() and not values.is_state:
            other = DataSet(values.name, values.kind)
            fill(other, read(place))
            if other.oddity:
                raise SetError(f"{place}: is no data set: it is not overwritten ({other.oddity})")


def read(place: Path) -> str:
    """Return the text of a file. Raises SetError."""
    try:
        if place.stat().st_size > MAX_FILE:
            raise SetError(f"{place}: is larger than {MAX_FILE} bytes")
        return place.read_text(encoding="utf-8")
    except OSError as error:
        raise SetError(f"{place}: cannot be read: {error.strerror} (load is looked for beside the rules)") from error
    except UnicodeDecodeError as error:
        raise SetError(f"{place}: is not UTF-8 (byte {error.start})") from error


def fill(values: DataSet, text: str) -> None:
    """Add what a file says; a line that is wrong is left out, and noted. Raises SetError when the set is full."""
    if values.format not in ("csv", HASHES):
        for value, context in json_entries(values, text):
            _add(values, value, context)
        return
    n_wrong = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        try:
            _add_line(values, bare)
        except ValueError as error:
            n_wrong += 1
            values.oddity = values.oddity or f"line {number}: {error}"
    if n_wrong > 1:
        values.oddity += f"; {n_wrong - 1} more lines are wrong"


def _add_line(values: DataSet, line: str) -> None:
    if values.format == HASHES:
        _add(values, value_bytes(line.split(maxsplit=1)[0], values.kind), b"")
        return
    if not values.has_reputation:
        _add(values, value_bytes(line, values.kind), b"")
        return
    text, comma, reputation = line.rpartition(",")
    if not comma or not reputation.strip().isdecimal() or int(reputation) > MAX_REPUTATION:
        raise ValueError(f"expected a value and its reputation, got {line[:80]!r}")
    if not values.rate(value_bytes(text.strip(), values.kind), int(reputation)):
        raise SetError(f"its file does not fit into memcap {values.memcap}")


def _add(values: DataSet, value: bytes, context: bytes) -> None:
    if values.add(value, context) == FULL:
        raise SetError(f"its file does not fit into memcap {values.memcap}")


def value_bytes(text: str, kind: str) -> bytes:
    """Return the bytes of a value as files write it. Raises ValueError."""
    if kind == "string":
        try:
            return b64decode(text, validate=True)
        except binascii.Error:
            raise ValueError(f"{text[:80]!r} is not base64") from None
    if kind in ("md5", "sha1", "sha256"):
        try:
            found = bytes.fromhex(text)
        except ValueError:
            found = b""
        if len(found) != LENGTHS[kind]:
            raise ValueError(f"{text[:80]!r} is no {kind}")
        return found
    address = ip_address(text)
    if kind == "ipv4" and not isinstance(address, IPv4Address):
        raise ValueError(f"{text[:80]!r} is no IPv4 address")
    return address.packed


def value_text(value: bytes, kind: str) -> str:
    """Return a value as files write it."""
    if kind == "string":
        return b64encode(value).decode("ascii")
    if kind in ("md5", "sha1", "sha256"):
        return value.hex()
    if kind == "ipv4":
        return str(IPv4Address(value))
    address = IPv6Address(value)
    return str(address.ipv4_mapped or address)


def json_entries(values: DataSet, text: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield each value of a JSON file with the JSON of its entry. Raises SetError."""
    try:
        if values.format == "ndjson":
            entries = [msgspec.json.decode(line) for line in text.splitlines() if line.strip()]
        else:
            found = msgspec.json.decode(text)
            entries = _at(found, values.array_key) if values.array_key else found
    except msgspec.DecodeError as error:
        raise SetError(f"its file is no JSON: {error}") from error
    if not isinstance(entries, list):
        raise SetError(f"its file has no list at {values.array_key or 'the top'} (see array_key)")
    for entry in entries:
        value = _at(entry, values.value_key)
        if not isinstance(value, str):
            continue
        if values.removes_key:
            _remove(entry, values.value_key)
        try:
            data = value.encode() if values.kind == "string" else value_bytes(value, values.kind)
        except ValueError as error:
            values.oddity = values.oddity or str(error)
            continue
        yield data, msgspec.json.encode(entry)


def _at(tree: Any, path: str) -> Any:
    """Return what stands at a path of keys with dots between them; None where there is nothing."""
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _remove(tree: Any, path: str) -> None:
    parent, _, key = path.rpartition(".")
    (_at(tree, parent) if parent else tree).pop(key)

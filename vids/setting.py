"""What one setting is: name, type, default, unit and meaning; how its value is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

KIB: Final = 1 << 10
MIB: Final = 1 << 20
MOST: Final = 1 << 31  # of anything that is counted
FACTORS: Final = {"": 1, "k": KIB, "m": MIB, "g": 1 << 30}
SIZE: Final = re.compile(r"(\d{1,15})\s*(?:([kmg])i?)?b?", re.IGNORECASE)
YES_NO: Final = {
    "yes": True, "true": True, "on": True, "1": True,
    "no": False, "false": False, "off": False, "0": False,
}  # fmt: skip


class Part(Struct, frozen=True, rename="kebab"):
    """Settings that share the beginning of their name; `chunk_size` is written chunk-size."""


def switch(meaning: str) -> Meta:
    """Describe a setting that is yes or no."""
    return Meta(description=meaning, extra={"unit": "yes, no"})


def word(meaning: str) -> Meta:
    """Describe a setting that is one of a few words."""
    return Meta(description=meaning, extra={"unit": "word"})


def path(meaning: str) -> Meta:
    """Describe the name of a file; empty is none."""
    return Meta(description=meaning, extra={"unit": "path"})


def words(meaning: str) -> Meta:
    """Describe a list of words: [md5, sha256]; empty is none."""
    return Meta(description=meaning, extra={"unit": "words"})


def ports(meaning: str) -> Meta:
    """Describe a set of ports: 4789, [4789,8472], 6000:6010, $NAME, any."""
    return Meta(description=meaning, extra={"unit": "ports"})


def networks(meaning: str) -> Meta:
    """Describe a list of addresses and networks: [10.0.0.0/8, 2001:db8::1]."""
    return Meta(description=meaning, extra={"unit": "addresses"})


def size(meaning: str, least: int = 0) -> Meta:
    """Describe a number of bytes: 50, 64kb, 1mb, 2 GiB."""
    return Meta(description=meaning, ge=least, le=1 << 50, extra={"unit": "bytes"})


def seconds(meaning: str) -> Meta:
    """Describe a time on the packets' clock."""
    return Meta(description=meaning, ge=1, le=MOST, extra={"unit": "s"})


def number(meaning: str, unit: str, least: int = 1, most: int = MOST) -> Meta:
    """Describe a count of something."""
    return Meta(description=meaning, ge=least, le=most, extra={"unit": unit})


class Setting(Struct, frozen=True):
    """One row of the table of settings."""

    name: str
    kind: Any  # bool, int, str, or a Literal of words
    default: object
    unit: str
    meaning: str
    least: int = 0
    most: int = 0

    def parse(self, given: object) -> object:
        """Return the value that a TOML file or the command line means; a ValueError says what would be right."""
        text = str(given).strip()
        if self.kind is bool:
            if text.lower() not in YES_NO:
                raise ValueError("expected yes or no")
            return YES_NO[text.lower()]
        if self.kind is int:
            return self._parse_number(text)
        if self.kind is str:
            return "[" + ",".join(map(str, given)) + "]" if isinstance(given, list) else text
        if "yes" in get_args(self.kind) and text.lower() in YES_NO:
            return "yes" if YES_NO[text.lower()] else "no"
        if text not in get_args(self.kind):
            raise ValueError("expected one of " + ", ".join(get_args(self.kind)))
        return text

    def _parse_number(self, text: str) -> int:
        match = SIZE.fullmatch(text) if self.unit == "bytes" else re.fullmatch(r"(\d{1,15})()", text)
        if match is None:
            raise ValueError(
                "expected a size such as 4096, 64kb or 1mb" if self.unit == "bytes" else "expected a number"
            )
        value = int(match[1]) * FACTORS[(match[2] or "").lower()]
        if not self.least <= value <= self.most:
            raise ValueError(f"expected {self.least} to {self.most} {self.unit}")
        return value


def table(part: type[Struct], prefix: str = "") -> Iterator[Setting]:
    """Yield the rows of a part, in the order of its fields."""
    for field in msgspec.structs.fields(part):
        name = prefix + field.encode_name
        if isinstance(field.type, type) and issubclass(field.type, Part):
            yield from table(field.type, name + ".")
        elif get_origin(field.type) is Annotated:
            kind, meta = get_args(field.type)
            yield Setting(name, kind, field.default, meta.extra["unit"], meta.description, meta.ge or 0, meta.le or 0)

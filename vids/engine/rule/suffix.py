"""Parts of a name by its public suffix: what anybody can register a name under (com, co.uk)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from vids.engine.rule.keyword import Transform
from vids.engine.rule.resource import Suffixes
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

WITHOUT: Final = "(no publicsuffixlist)"
MAX_NAME: Final = 255  # bytes (RFC 1035, section 2.3.4)


class SuffixTransform(Transform):
    """A part of a name by its public suffix: a rule waits where there is no list of them."""

    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    def __init__(self) -> None:
        self.suffixes: Suffixes | None = None

    @classmethod
    def parse(cls, text: str) -> SuffixTransform:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        self.suffixes = draft.resources.suffixes
        if self.suffixes is None:
            draft.rule.waiting.append(f"{self.name} {WITHOUT}")
        draft.add_transform(self)


def tld(data: bytes, suffixes: Suffixes) -> bytes:
    """Return the public suffix of a name; the name itself where it has none."""
    suffix = suffix_of(data, suffixes)
    return suffix.encode() if suffix else data


def domain(data: bytes, suffixes: Suffixes) -> bytes:
    """Return the suffix and one label more; the name itself where there is none."""
    suffix = suffix_of(data, suffixes)
    bare = data.rstrip(b".")
    if not suffix or len(bare) <= len(suffix) + 1:
        return data
    before = bare[: len(bare) - len(suffix) - 1]
    return bare[before.rfind(b".") + 1 :]


def suffix_of(data: bytes, suffixes: Suffixes) -> str:
    """Return the public suffix; nothing for what is no name."""
    if len(data) > MAX_NAME or not data.isascii():
        return ""
    name = data.decode("ascii").lower().rstrip(".")
    return suffixes.suffix(name) if name else ""

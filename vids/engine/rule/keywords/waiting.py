"""Every keyword that is known and does not work yet: a rule with one loads, waits, and never fires.

One line a keyword: kind, name with its other names, what stands behind the colon (`-` nothing, `[x]` optional), and
its meaning. A keyword that comes to work leaves its line here for a file of its own.

* `buffer`     a sticky buffer: the payload options that follow look into it
* `modifier`   an old buffer: it takes the content before it along; its value is the buffer
* `content`    an old content that looks into a buffer of its own
* `transform`  changes the sticky buffer before it
* `option`     anything else
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import BUFFER, FLOW, HEADER, META, PAYLOAD, STATE, TRANSFORM
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.keywords.waiting_table import TABLE
from vids.engine.rule.rule import PAYLOAD_BUFFER
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

GROUPS: Final = {
    "buffer": BUFFER, "modifier": BUFFER, "content": PAYLOAD, "transform": TRANSFORM, "option": PAYLOAD,
    "header": HEADER, "flow": FLOW, "state": STATE, "meta": META,
}  # fmt: skip


@final
class Pending:
    """A keyword of the table: what is known of it, and what it does to a rule that waits for it."""

    def __init__(self, kind: str, names: list[str], value: str, meaning: str, source: str) -> None:
        self.kind = kind
        self.name = names[0]
        self.aliases = tuple(names[1:])
        self.group = GROUPS[kind]
        self.buffer = value if kind in {"modifier", "content"} else self.name
        self.has_value = value != "-" and kind != "modifier"
        self.meaning = meaning
        self.source = source
        is_optional = value.startswith("[") and value.endswith("]") and "]" not in value[1:-1]
        self.needs_value = self.has_value and not is_optional
        if kind == "content":
            self.syntax = f'{self.name}:[!]"text";'
        elif not self.has_value:
            self.syntax = f"{self.name};"
        elif is_optional:
            self.syntax = f"{self.name}[:{value[1:-1]}];"
        else:
            self.syntax = f"{self.name}:{value};"

    def place(self, value: str, draft: Draft) -> None:
        """Add the option to the rule under construction. Raises RuleError."""
        if not self.has_value:
            refuse_value(value, self.syntax)
        elif self.needs_value and not value:
            raise RuleError(f"needs a value ({self.syntax})")
        draft.rule.waiting.append(self.name)
        if self.kind == "buffer":
            draft.open_buffer(self.buffer)
        elif self.kind == "modifier":
            if draft.buffer != PAYLOAD_BUFFER:
                raise RuleError(f"stands behind the sticky buffer {draft.buffer} (use {self.buffer} in its place)")
            draft.move_content(draft.last_content(self.name), self.buffer)
        elif self.kind == "content":
            content = Content.parse(value)
            draft.inspection_of(self.buffer).checks.append(content)
            draft.last = content
            draft.last_buffer = self.buffer
        elif self.kind == "transform" and draft.buffer == PAYLOAD_BUFFER:
            raise RuleError("needs a sticky buffer before it (dns.query; dotprefix;)")


def _read(table: str) -> dict[str, Pending]:
    """Return the keywords of the table by each of their names."""
    found: dict[str, Pending] = {}
    source = ""
    for line in table.strip().splitlines():
        if line.startswith("#"):
            source = line[1:].strip()
        elif line:
            kind, names, value, meaning = [part for part in line.split("  ") if part]
            pending = Pending(kind, names.split(","), value.strip(), meaning.strip(), source)
            for name in (pending.name, *pending.aliases):
                if name in found:
                    raise ValueError(f"keyword {name} stands in the table twice")
                found[name] = pending
    return found


WAITING: Final[dict[str, Pending]] = _read(TABLE)

"""What detection remembers of one direction of a stream between two looks at it."""

from __future__ import annotations

from typing import Final, final

MAX_WAITING: Final = 256  # rules that wait for more bytes; an attacker chooses how many patterns he sends


@final
class Memory:
    """Rules by number. Made when first needed: most streams need none."""

    def __init__(self) -> None:
        self.waiting: dict[int, int] = {}  # fast pattern seen, the rest not yet -> stream offset to wait until
        self.told: set[int] = set()  # matched on a single packet since the last look: not told again by the stream
        self.done: set[int] = set()  # rules without a fast pattern that matched: once a stream

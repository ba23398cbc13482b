"""What rules have tagged: the packets that follow are kept as records, as far as each tag reaches."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.packet.packet import Packet

PACKETS: Final = 0  # what a tag counts
SECONDS: Final = 1
BYTES: Final = 2

MAX_TAGS: Final = 50  # of one flow or host; what more rules ask for is counted, and left out
SECOND_NS: Final = 1_000_000_000


@final
@mypyc_attr(acyclic=True)
class Tag:
    """One rule's tag. The packet that caused it counts, but is an alert and no record."""

    def __init__(self, rule: i64, metric: i64, most: i64) -> None:
        self.rule = rule  # number of the rule: tagging again begins anew
        self.metric = metric
        self.most = most  # packets, seconds or bytes
        self.count: i64 = 0
        self.since_s: i64 = 0
        self.is_new = True

    def renew(self, now_ns: i64) -> None:
        """Begin to count with the packet at hand."""
        self.count = 0
        self.since_s = now_ns // SECOND_NS

    def take(self, packet: Packet) -> bool:
        """Count a packet; return whether the tag still holds for it."""
        if self.metric == SECONDS:
            return packet.timestamp_ns // SECOND_NS - self.since_s <= self.most
        self.count += 1 if self.metric == PACKETS else packet.frame_end - packet.frame_at
        return self.count <= self.most


@final
@mypyc_attr(acyclic=True)
class Tags:
    """The tags of one flow or host."""

    def __init__(self) -> None:
        self._tags: list[Tag] = []

    def __len__(self) -> int:
        return len(self._tags)

    def add(self, rule: i64, metric: i64, most: i64, now_ns: i64) -> bool:
        """Tag, or begin the rule's tag anew; False where there are too many."""
        for tag in self._tags:
            if tag.rule == rule:
                tag.renew(now_ns)
                return True
        if len(self._tags) >= MAX_TAGS:
            return False
        tag = Tag(rule, metric, most)
        tag.renew(now_ns)
        self._tags.append(tag)
        return True

    def take(self, packet: Packet) -> bool:
        """Count a packet on every tag; return whether one asks for its record. Tags that are used up go."""
        is_wanted = False
        used_up = False
        for tag in self._tags:
            if not tag.take(packet):
                used_up = True
                tag.metric = SECONDS  # never again
                tag.most = -1
            elif not tag.is_new:
                is_wanted = True
            tag.is_new = False
        if used_up:
            self._tags = [tag for tag in self._tags if tag.most >= 0]
        return is_wanted

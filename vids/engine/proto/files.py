"""What the files of all flows share: what is to be known of them, and which of them may be stored."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.digest import MAGIC, MD5, SHA1, SHA256, STORED, Digests
from vids.engine.proto.file import FAILED, MAX_NAME, File, Magic
from vids.engine.proto.ranges import Part, Ranges
from vids.engine.settings import Settings

MAX_FILES: Final = 256  # of one transaction: an attacker chooses how many there are
ANY_DIGEST: Final = MD5 | SHA1 | SHA256


@final
class Files:
    """Makes files what the configuration and the rules want to know of them."""

    def __init__(self, settings: Settings) -> None:
        self.needs: i64 = settings.file_needs  # bits of digest.py
        self.magic: Magic | None = None
        self.can_store = settings.stores_files
        self.stores_all = settings.stores_files and settings.stores_all_files
        self.ranges = Ranges(settings.range_memcap, settings.range_timeout_s)
        self.n_opened: i64 = 0
        self.n_refused: i64 = 0  # files of transactions that had too many
        self.n_cut_names: i64 = 0
        self.n_cut_data: i64 = 0  # files that rules could not look into beyond their beginning
        self.n_stored: i64 = 0
        self.n_too_late: i64 = 0  # files that a rule wanted when their bytes were gone
        self._n_handles: i64 = 0

    def stores_any(self) -> bool:
        """Return whether any file may be stored."""
        return self.stores_all or (self.can_store and bool(self.needs & STORED))

    def open(self, name: bytes, to_server: bool, limit: i64, moved: list[File]) -> File:
        """Return a new file; it says in `moved` that bytes wait to be handed out."""
        file = File(name, to_server, limit)
        self.n_opened += 1
        if len(name) > MAX_NAME:
            self.n_cut_names += 1
        wanted = self.needs
        if self.stores_any():
            wanted |= SHA256
            self._n_handles += 1
            file.handle = self._n_handles
            file.moved = moved
            if self.stores_all:
                file.want(0)
        if wanted & ANY_DIGEST:
            file.digests = Digests(wanted)
        if wanted & MAGIC:
            file.magic = self.magic
        return file

    def refuse(self, name: bytes, to_server: bool) -> File:
        """Return a file that nothing is kept of, where there are too many."""
        self.n_refused += 1
        file = File(name, to_server, 0)
        file.close(FAILED)
        return file

    def part(self, file: File, key: bytes, total: i64, moved: list[File]) -> Part | None:
        """Return what takes the bytes of a part to its whole; None where it is the whole, or makes no sense."""
        if not 0 <= file.start <= file.end < total or (file.start == 0 and file.end == total - 1):
            return None
        whole = self.ranges.find(key, total)
        if whole is None:
            whole = self.ranges.begin(key, total, self.open(file.name, file.to_server, file.limit, moved))
        return self.ranges.join(whole, file.start, moved)

    def number(self, file: File) -> None:
        """Give a file that was stored its number."""
        self.n_stored += 1
        file.number = self.n_stored

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        return {
            "app_layer.file.opened": self.n_opened,
            "app_layer.file.refused": self.n_refused,
            "app_layer.file.name_cut": self.n_cut_names,
            "app_layer.file.data_cut": self.n_cut_data,
            "app_layer.file.range_memcap": self.ranges.n_given_up,
            "app_layer.file.range_pieces": self.ranges.n_refused,
            "file_store.stored": self.n_stored,
            "file_store.too_late": self.n_too_late,
        }

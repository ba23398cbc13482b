"""Takes an upload apart (multipart/form-data, RFC 7578): each part that has a file name is a file."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.file import CLOSED, TRUNCATED, File
from vids.engine.proto.http.parameter import parameter
from vids.engine.proto.transaction import Transaction

MAX_BOUNDARY: Final = 200  # bytes; RFC 2046, section 5.1.1, allows 70
MAX_PART_HEAD: Final = 8 << 10  # bytes of the fields of a part; what is longer is no head
MAX_FILES: Final = 256  # of one upload
FIELDS_END: Final = b"\r\n\r\n"

PREAMBLE: Final = 0  # before the first boundary
HEAD: Final = 1  # the fields of a part
PART: Final = 2  # what it holds
END: Final = 3

NO_DATA: Final = "multipart_no_filedata"
INVALID_HEADER: Final = "multipart_invalid_header"
GENERIC_ERROR: Final = "multipart_generic_error"


@final
class Form:
    """Reads one upload as it comes; files end with their part."""

    def __init__(self, boundary: bytes, limit: i64) -> None:
        self.boundary = b"--" + boundary
        self.limit = limit  # bytes of a file that rules look into
        self.file: File | None = None
        self.has_data = False  # of the file
        self.n_files: i64 = 0
        self.state: i64 = PREAMBLE
        self._pending = b""

    def feed(self, talk: Conversation, tx: Transaction, data: bytes) -> None:
        """Take the next bytes of the body."""
        self._pending = self._pending + data if self._pending else data
        while self._step(talk, tx):
            pass

    def close(self, talk: Conversation, tx: Transaction, is_truncated: bool) -> None:
        """End what is open: the upload does not go on."""
        if self.file is not None:
            self._add(talk, tx, self._pending)
            self._end_file(talk, tx, TRUNCATED)
        elif self.state == HEAD and self._pending.strip(b"\r\n-") and not is_truncated:
            tx.event(GENERIC_ERROR)
        self.state = END
        self._pending = b""

    def gap(self, talk: Conversation, tx: Transaction, length: i64) -> None:
        """Go on behind bytes that nobody saw."""
        if self.file is not None:
            self._add(talk, tx, self._pending)
            self.file.gap(length)
        if self.state == HEAD:
            self.state = PREAMBLE
        self._pending = b""

    def _step(self, talk: Conversation, tx: Transaction) -> bool:
        """Read up to the next thing that is not here yet; False then."""
        if self.state == HEAD:
            return self._read_head(talk, tx)
        if self.state == END:
            self._pending = b""
            return False
        return self._read_part(talk, tx)

    def _read_part(self, talk: Conversation, tx: Transaction) -> bool:
        """Read up to the boundary that ends a part, or the preamble."""
        pending, boundary = self._pending, self.boundary
        at = pending.find(boundary)
        if at < 0:
            keep = len(boundary) + 1  # the line end before it too
            if len(pending) > keep:
                self._add(talk, tx, pending[:-keep])
                self._pending = pending[-keep:]
            return False
        following = at + len(boundary)
        if len(pending) < following + 2:
            if at > 2:
                self._add(talk, tx, pending[: at - 2])
                self._pending = pending[at - 2 :]
            return False
        if self.file is not None:
            end = at - 2 if pending[:at].endswith(b"\r\n") else at
            self._add(talk, tx, pending[:end])
            self._end_file(talk, tx, CLOSED)
        is_last = pending[following : following + 2] == b"--"
        self.state = END if is_last else HEAD
        self._pending = pending[following + (2 if pending[following : following + 2] == b"\r\n" else 0) :]
        return not is_last

    def _read_head(self, talk: Conversation, tx: Transaction) -> bool:
        """Read the fields of a part."""
        pending = self._pending
        if pending.startswith(b"\r\n"):  # there are none
            end: i64 = 0
            following: i64 = 2
        else:
            end = pending.find(FIELDS_END)
            following = end + 4
        if end < 0:
            if len(pending) > MAX_PART_HEAD:
                tx.event(INVALID_HEADER)
                self.state = PART
                return True
            return False
        name = self._file_name(tx, pending[:end])
        self.state = PART
        self._pending = pending[following:]
        if name is not None:
            self._open(talk, tx, name)
        return True

    def _file_name(self, tx: Transaction, head: bytes) -> bytes | None:
        """Return the file name that the fields of a part give; None if it is no file."""
        name: bytes | None = None
        for line in head.split(b"\r\n"):
            field, colon, value = line.partition(b":")
            if line and (not colon or not value):
                tx.event(INVALID_HEADER)
            elif field.lower() == b"content-disposition":
                name = parameter(value, b"filename=")
        return name

    def _open(self, talk: Conversation, tx: Transaction, name: bytes) -> None:
        self.n_files += 1
        if self.n_files > MAX_FILES:
            tx.event(GENERIC_ERROR)
            return
        self.file = talk.open_file(tx, name, True, self.limit)
        self.has_data = False

    def _add(self, talk: Conversation, tx: Transaction, data: bytes) -> None:
        if self.file is not None and data:
            self.has_data = True
            self.file.add(data)
            talk.grown(tx, self.file)

    def _end_file(self, talk: Conversation, tx: Transaction, state: str) -> None:
        file = self.file
        if file is None:
            return
        if not self.has_data:
            tx.event(NO_DATA)
        talk.end_file(tx, file, state)
        self.file = None

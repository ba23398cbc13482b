"""The body of a message on its way: content codings undone, its beginning kept for rules, its files handed on."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.file import CLOSED, TRUNCATED, File
from vids.engine.proto.http.coding import (
    BROTLI,
    DEFLATE,
    GZIP,
    IDENTITY,
    LZMA,
    RATIO,
    Layer,
)
from vids.engine.proto.http.form import Form
from vids.engine.proto.http.parameter import ContentRange
from vids.engine.proto.transaction import Transaction
from vids.engine.settings import Settings

NO_LIMIT: Final = 1 << 62
MAX_LZMA_LAYERS: Final = 1
MAX_BETWEEN: Final = 16  # times the limit of bombs, between two codings: all of it may come to nothing
EXACT: Final[dict[bytes, int]] = {
    b"gzip": GZIP, b"x-gzip": GZIP, b"deflate": DEFLATE, b"x-deflate": DEFLATE, b"br": BROTLI, b"lzma": LZMA,
    b"inflate": IDENTITY, b"none": IDENTITY, b"identity": IDENTITY,
}  # fmt: skip

ABNORMAL: Final = "abnormal_ce_header"
TOO_MANY_LAYERS: Final = "too_many_encoding_layers"
BOMB: Final = "compression_bomb"
BOMB_LIMIT: Final = "compression_bomb_limit_reached"
UNDECODABLE: Final = "gzip_decompression_failed"
LZMA_MEMORY: Final = "lzma_memlimit_reached"


@final
class Body:
    """What is known of a body. `data` is its beginning, decoded: what rules look into."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.size: i64 = 0  # decoded bytes, those of gaps included
        self.wire: i64 = 0  # bytes as sent, framing included
        self._value = b""

    def values(self) -> list[bytes]:
        """Return its beginning as a buffer: nothing if there is no body."""
        if not self.data:
            return []
        if len(self._value) != len(self.data):
            self._value = bytes(self.data)
        return [self._value]


@final
class Intake:
    """Takes the body of one message."""

    def __init__(self, body: Body, to_server: bool, settings: Settings) -> None:
        self.body = body
        self.to_server = to_server
        limit = settings.http_request_body_limit if to_server else settings.http_response_body_limit
        self.limit: i64 = limit if limit > 0 else NO_LIMIT
        self.bomb_limit: i64 = settings.http_bomb_limit
        self.layers: list[Layer] = []
        self.form: Form | None = None
        self.file: File | None = None
        self.file_name: bytes | None = None  # of the file that the body is
        self.part: ContentRange | None = None  # if that is a part of a larger file,
        self.part_key = b""  # found by this
        self.is_done = False  # nothing more of it is wanted
        self.n_looked: i64 = 0  # bytes when rules last looked
        self.was_bomb = False

    def feed(self, talk: Conversation, tx: Transaction, data: bytes) -> None:
        """Take the next bytes, as sent."""
        self.body.wire += len(data)
        if self.is_done:
            return
        if self.layers:
            self._decode(talk, tx, 0, data)
        else:
            self._take(talk, tx, data)

    def gap(self, talk: Conversation, tx: Transaction, length: i64) -> None:
        """Go on behind bytes that nobody saw; a coded body cannot be read behind them."""
        self.body.wire += length
        if self.is_done:
            return
        self.body.size += length
        if self.file is None and self.file_name is not None:
            self._open(talk, tx)
        if self.form is not None:
            self.form.gap(talk, tx, length)
        if self.file is not None:
            self.file.gap(length)
        if self.layers:
            self._finish(talk, tx, TRUNCATED)

    def close(self, talk: Conversation, tx: Transaction, is_truncated: bool) -> None:
        """End the body, and what it holds."""
        if not self.is_done:
            self._finish(talk, tx, TRUNCATED if is_truncated else CLOSED)

    def _finish(self, talk: Conversation, tx: Transaction, state: str) -> None:
        self.is_done = True
        if self.form is not None:
            self.form.close(talk, tx, state == TRUNCATED)
        if self.file is not None:
            talk.end_file(tx, self.file, state)
        self.layers = []

    def _decode(self, talk: Conversation, tx: Transaction, n: i64, data: bytes) -> None:
        """Undo coding `n` and those behind it, a piece at a time."""
        if n == len(self.layers):
            self._take(talk, tx, data)
            return
        layer = self.layers[n]
        layer.put(data)
        while not self.is_done:
            out = layer.take()
            if not out:
                break
            if self._is_bomb(layer, n):
                self.was_bomb = True
                tx.event(BOMB)
                self._finish(talk, tx, TRUNCATED)
                return
            self._decode(talk, tx, n + 1, out)
        if layer.is_memory_reached:
            tx.event(LZMA_MEMORY)
        if layer.is_broken or layer.is_plain:
            tx.event(UNDECODABLE)

    def _is_bomb(self, layer: Layer, n: i64) -> bool:
        """Return whether a coding makes too much of too little: by its ratio, or before another one in vain."""
        if layer.n_out <= self.bomb_limit:
            return False
        if layer.n_out > RATIO * self.body.wire:
            return True
        return n + 1 < len(self.layers) and layer.n_out > MAX_BETWEEN * self.bomb_limit

    def _take(self, talk: Conversation, tx: Transaction, data: bytes) -> None:
        """Take decoded bytes, as far as the limit goes."""
        body = self.body
        room = max(self.limit - body.size, 0)
        length: i64 = len(data)
        is_cut = length > room and not self._is_stored()
        if is_cut:
            data = data[:room]
            length = room
        body.size += length
        if room > 0:
            body.data += data if length <= room else data[:room]
        if length > 0:
            self._hand_on(talk, tx, data)
        if is_cut:
            self._finish(talk, tx, TRUNCATED)

    def _is_stored(self) -> bool:
        """Return whether the file that this is will be stored: all of it then, not its beginning."""
        file = self.form.file if self.form is not None else self.file
        return file is not None and file.is_wanted

    def _hand_on(self, talk: Conversation, tx: Transaction, data: bytes) -> None:
        """Give decoded bytes to the files that they are of."""
        if self.form is not None:
            self.form.feed(talk, tx, data)
            return
        if self.file is None and self.file_name is not None:
            self._open(talk, tx)
        file = self.file
        if file is not None:
            file.add(data)
            talk.grown(tx, file)

    def _open(self, talk: Conversation, tx: Transaction) -> None:
        name, part = self.file_name, self.part
        if name is None:
            return
        file = self.file = talk.open_file(tx, name, self.to_server, self.limit)
        if part is not None:
            talk.part_of(file, self.part_key, part.start, part.end, part.size)

    def has_grown(self, step: i64) -> bool:
        """Return whether rules should look again: it grew by a step, or is as long as they look."""
        size = self.body.size
        if size - self.n_looked < step and (size < self.limit or self.n_looked >= self.limit):
            return False
        self.n_looked = size
        return True


def codings(value: bytes, tx: Transaction, settings: Settings, n_bombs: i64) -> list[Layer]:
    """Return what undoes the codings of a Content-Encoding field, the last one first, as far as the settings allow."""
    if settings.http_decompress_layers == 0 or n_bombs >= settings.http_bomb_count:
        if n_bombs >= settings.http_bomb_count:
            tx.event(BOMB_LIMIT)
        return []
    text = value.replace(b"\0", b"")
    exact = EXACT.get(text.lower())
    found: list[int] = []
    if exact is not None:
        found.append(exact)
    else:
        _parse_codings(text, tx, settings, found)
    layers: list[Layer] = []
    n_lzma = 0
    for coding in found:
        if coding == LZMA:
            n_lzma += 1
            if not settings.http_lzma_enabled or n_lzma > MAX_LZMA_LAYERS:
                continue
        if coding != IDENTITY:
            layers.insert(0, Layer(coding, settings.http_lzma_memory))
    return layers


def _parse_codings(text: bytes, tx: Transaction, settings: Settings, found: list[int]) -> None:
    tokens = [token for token in text.replace(b",", b" ").split(b" ") if token]
    if len(tokens) > settings.http_decompress_layers:
        tx.event(TOO_MANY_LAYERS)
        tokens = tokens[-settings.http_decompress_layers :]
    for token in tokens:
        coding = EXACT.get(token)
        if coding is None:
            tx.event(ABNORMAL)
            lower = token.lower()
            coding = GZIP if b"gzip" in lower else DEFLATE if b"deflate" in lower else EXACT.get(lower, IDENTITY)
        found.append(coding)

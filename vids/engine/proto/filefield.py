"""What rules can ask about the files of a transaction: every protocol that carries files adds these to its own."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.field import BOTH, Field, NumberField
from vids.engine.proto.transaction import Transaction

SOURCE: Final = "Suricata user guide, rules, file keywords"


def _data(transaction: Transaction, to_server: bool) -> list[bytes]:
    return [bytes(file.data) for file in transaction.files if file.to_server == to_server and file.data]


def _name(transaction: Transaction, to_server: bool) -> list[bytes]:
    return [file.name for file in transaction.files if file.to_server == to_server and file.name]


def _magic(transaction: Transaction, to_server: bool) -> list[bytes]:
    found: list[bytes] = []
    for file in transaction.files:
        if file.to_server == to_server:
            kind = file.kind()
            if kind:
                found.append(kind.encode("utf-8", "backslashreplace"))
    return found


FILE_FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "file.data",
        "Look into the beginning of a transferred file, as it was before compression and transfer coding.",
        BOTH, 0, _data, f"{SOURCE}, file.data", aliases=("file_data",), is_growing=True, takes_side=True, is_multi=True,
    ),
    Field(
        "file.name",
        "Look into the name of a transferred file, as the protocol gives it.",
        BOTH, 0, _name, f"{SOURCE}, file.name", is_growing=True, is_multi=True,
    ),
    Field(
        "file.magic",
        "Look into the kind of a transferred file, as libmagic describes it by the file's beginning.",
        BOTH, 0, _magic, f"{SOURCE}, file.magic", is_growing=True, is_multi=True, needs_magic=True,
    ),
)  # fmt: skip
FILE_NUMBERS: Final[tuple[NumberField, ...]] = ()  # filesize asks about open files too: rule/keywords/filesize.py

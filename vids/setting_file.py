"""The settings of files: what is told of them, and which are stored; by the reference engine's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from vids.engine.proto.digest import DIGESTS, MAGIC
from vids.engine.settings import Settings
from vids.errors import ConfigError
from vids.setting import MIB, Part, number, path, size, switch, words


class FilesOutput(Part, frozen=True):
    force_magic: Annotated[bool, switch("the kind of every file is told, as libmagic describes it")] = False
    force_hash: Annotated[str, words("digests of every file that are told: md5, sha1, sha256")] = ""


class FileStore(Part, frozen=True):
    enabled: Annotated[bool, switch("files are stored that rules with filestore match")] = False
    dir: Annotated[str, path("where they are stored: AB/SHA256, AB the first two digits")] = "filestore"
    force_filestore: Annotated[bool, switch("every file is stored")] = False
    stream_depth: Annotated[
        int, size("of a connection with a file that is stored, if more than stream.reassembly.depth; 0 is all of it")
    ] = MIB
    max_open_files: Annotated[
        int, number("files held open between two writes; others are opened again", "files", 0, 65_535)
    ] = 0
    force_hash: Annotated[str, words("digests of every file that are told: md5, sha1, sha256")] = ""
    write_fileinfo: Annotated[bool, switch("each occurrence of a file leaves its fileinfo record beside it")] = False


def set_files(settings: Settings, store: FileStore, logged: FilesOutput, origins: Mapping[str, str]) -> None:
    """Set what is to be known and stored of files. Raises ConfigError."""
    settings.stores_files = store.enabled
    settings.stores_all_files = store.enabled and store.force_filestore
    settings.file_store_depth = store.stream_depth
    settings.file_needs = digests("outputs.eve-log.types.files.force-hash", logged.force_hash, origins)
    if store.enabled:
        settings.file_needs |= digests("outputs.file-store.force-hash", store.force_hash, origins)
    if logged.force_magic:
        settings.file_needs |= MAGIC


def digests(name: str, text: str, origins: Mapping[str, str]) -> int:
    """Return the digests of a list such as [md5, sha256], as bits. Raises ConfigError."""
    found = 0
    for part in re.split(r"[\s,\"']+", text.strip("[]")):
        if part and part.lower() not in DIGESTS:
            place = origins.get(name, "default")
            raise ConfigError(f"{place}: {name}: {part!r} is no digest: expected {', '.join(DIGESTS)}")
        found |= DIGESTS[part.lower()] if part else 0
    return found

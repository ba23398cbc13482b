"""The record of a file that came to its end, and what alerts say of the files of their transaction."""

from __future__ import annotations

from typing import Final

from vids.engine.event import FileFacts, FileInfo
from vids.engine.proto.file import CLOSED, FAILED, OPEN, TRUNCATED
from vids.engine.proto.text import text
from vids.eve.header import APP_PROTOCOL, PACKET, Options, Record, add_app_protocol, add_tunnel, packet_record
from vids.eve.shape import APPLICATIONS, Fields

FILE: Final[Fields] = {
    "filename?": str, "sid?": [int], "magic?": str, "gaps": bool,
    "state": {OPEN, CLOSED, TRUNCATED, FAILED}, "md5?": str, "sha1?": str, "sha256?": str, "stored": bool,
    "file_id?": int, "storing?": bool, "size": int, "start?": int, "end?": int, "tx_id": int,
}  # fmt: skip
FILEINFO: Final[Fields] = {**PACKET, **APPLICATIONS, **APP_PROTOCOL, "fileinfo": FILE}


def fileinfo_record(event: FileInfo, options: Options) -> Record | None:
    """Return the file with its transaction, or None where nobody wants to know of it."""
    if event.is_silent:
        return None
    record = packet_record(event, "fileinfo", options, [])
    add_tunnel(record, event, options)
    if event.application is not None:
        name, fields = event.application
        record[name] = fields
    add_app_protocol(record, event.app_names)
    record["fileinfo"] = file_record(event.facts)
    return record


def file_record(facts: FileFacts) -> Record:
    """Return what is known of a file."""
    said: Record = {"filename": text(facts.name)} if facts.name else {}
    if facts.sids:
        said["sid"] = facts.sids
    if facts.kind:
        said["magic"] = facts.kind
    said["gaps"] = facts.has_gaps
    said["state"] = facts.state
    for name, digest in (("md5", facts.md5), ("sha1", facts.sha1), ("sha256", facts.sha256)):
        if digest:
            said[name] = digest.hex()
    said["stored"] = facts.is_stored
    if facts.is_stored:
        said["file_id"] = facts.number
    elif facts.is_storing:
        said["storing"] = True
    said["size"] = facts.size
    if facts.start >= 0:
        said["start"] = facts.start
        said["end"] = facts.end
    said["tx_id"] = facts.transaction_number
    return said

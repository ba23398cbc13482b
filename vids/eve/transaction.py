"""The record of a transaction: what its protocol says of it, under the protocol's own event type."""

from __future__ import annotations

from typing import Final

from vids.engine.event import TransactionRecord
from vids.eve.header import PACKET, Options, Record, add_transaction, add_tunnel, packet_record
from vids.eve.shape import Fields

TRANSACTION: Final[Fields] = {**PACKET, "tx_id": int}  # and the protocol's object, under its name


def transaction_record(event: TransactionRecord, options: Options) -> Record:
    """Return the record; its fields were made by the protocol (vids/engine/proto/)."""
    record = packet_record(event, event.record_type, options, event.flowbits, event.flowints, event.entropy)
    add_tunnel(record, event, options)
    add_transaction(record, event.transaction_number)
    record[event.record_type] = event.fields
    return record

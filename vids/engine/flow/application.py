"""What a flow knows of its application protocol: the part that rooms in front of proto/ may see."""

from __future__ import annotations


class Application:
    """The names by which EVE and rules know the protocol; proto/dialogue.py follows it."""

    def __init__(self) -> None:
        self.name = ""  # EVE's app_proto: "" while it is looked for, "failed" when nothing knows it
        self.name_to_server = ""  # what each side alone looks like, once it spoke (app_proto_ts, app_proto_tc)
        self.name_to_client = ""
        self.original = ""  # what it was before it changed (app_proto_orig)
        self.is_over = False  # nothing more is to be learned: no byte of it is wanted
        self.is_secret = False  # what is said from here on is encrypted: no rule looks at the bytes themselves
        self.is_silent = False  # a rule wants no records of it
        self.events: list[str] = []  # what is odd about the flow as a whole, by the names of app-layer-event
        self.n_transactions = 0  # that it had
        self.told: set[int] | None = None  # rules on the protocol alone that matched: once for each side

    def names(self) -> tuple[str, str, str, str]:
        """Return name, what each side looks like where that differs, and the original: as things stand."""
        to_server = "" if self.name_to_server == self.name else self.name_to_server
        to_client = "" if self.name_to_client == self.name else self.name_to_client
        return self.name, to_server, to_client, self.original

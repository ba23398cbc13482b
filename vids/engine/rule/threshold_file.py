"""threshold.config: thresholds, rate filters and suppressions for rules that others wrote.

    suppress gen_id 1, sig_id 2000328, track by_src, ip [10.0.0.1,$SCANNERS]
    threshold gen_id 1, sig_id 2000328, type limit, track by_src, count 1, seconds 60
    rate_filter gen_id 1, sig_id 2000328, track by_src, count 100, seconds 60, new_action drop, timeout 300

`event_filter` is another name of `threshold`. A gen_id or sig_id of 0 stands for all (Suricata user guide,
configuration, global thresholds).
"""

from __future__ import annotations

import re
from typing import Final, final

from vids.engine.rule.address import AddressParser
from vids.engine.rule.error import RuleError
from vids.engine.rule.expression import split_list
from vids.engine.rule.keywords.threshold import MAX_COUNT, TRACKS, one_of, seconds, word
from vids.engine.rule.rule import Rule, Suppression, Threshold
from vids.engine.rule.text import nearest, short, whole_number

SUPPRESS: Final = "suppress"
RATE_FILTER: Final = "rate_filter"
KINDS: Final = (SUPPRESS, "threshold", "event_filter", RATE_FILTER)
TYPES: Final = ("limit", "threshold", "both", "backoff")
SIDES: Final = ("by_src", "by_dst", "by_either")
ACTIONS: Final = ("alert", "drop", "pass", "reject", "log", "sdrop")
POWERLESS: Final = ("log", "sdrop")  # known actions that change nothing

SUPPRESS_FORM: Final = "suppress gen_id N, sig_id N[, track by_src|by_dst|by_either, ip ADDRESSES]"
THRESHOLD_FORM: Final = (
    "threshold gen_id N, sig_id N, type limit|threshold|both|backoff, track by_src|by_dst|by_both|by_rule|by_flow,"
    " count N, seconds T|multiplier M"
)
RATE_FORM: Final = (
    "rate_filter gen_id N, sig_id N, track by_src|by_dst|by_both|by_rule|by_flow, count N, seconds T,"
    " new_action alert|drop|pass|reject, timeout T"
)
FORMS: Final = {SUPPRESS: SUPPRESS_FORM, "threshold": THRESHOLD_FORM, "event_filter": THRESHOLD_FORM,
                RATE_FILTER: RATE_FORM}  # fmt: skip
NAMES: Final = {
    SUPPRESS: ("gen_id", "sig_id", "track", "ip"),
    "threshold": ("gen_id", "sig_id", "type", "track", "count", "seconds", "multiplier"),
    "event_filter": ("gen_id", "sig_id", "type", "track", "count", "seconds", "multiplier"),
    RATE_FILTER: ("gen_id", "sig_id", "track", "count", "seconds", "new_action", "timeout"),
}
KIND: Final = re.compile(r"\s*(\S+)")
MAX_ID: Final = 0xFFFFFFFF


@final
class Directive:
    """One line of the file. With neither threshold nor suppression, it silences its rules altogether."""

    def __init__(self, kind: str, gid: int, sid: int) -> None:
        self.kind = kind
        self.gid = gid  # 0 is all
        self.sid = sid
        self.threshold: Threshold | None = None
        self.suppression: Suppression | None = None

    def apply(self, rules: list[Rule]) -> str:
        """Change the rules that this is about; return what is odd about it, if anything.

        A rule's own threshold gives way to one for its sid, and stays where the line is about more than one rule or
        is a rate filter, as in the reference engine. Suppressions add up.
        """
        chosen = [rule for rule in rules if self._is_about(rule)]
        if not chosen:
            which = f"sid {self.sid} of gid {self.gid}" if self.sid else f"gid {self.gid}" if self.gid else "any kind"
            return f"no rule of {which} is loaded (check both numbers, or remove the line)"
        if self.kind == SUPPRESS:
            for rule in chosen:
                self._suppress(rule)
            return ""
        n_kept = 0
        for rule in chosen:
            if rule.threshold is not None and (self.sid == 0 or self.kind == RATE_FILTER):
                n_kept += 1
            else:
                rule.threshold = self.threshold
        if not n_kept:
            return ""
        return f"{n_kept} rules keep the threshold that they have" if self.sid == 0 else "the rule keeps its threshold"

    def _is_about(self, rule: Rule) -> bool:
        return self.gid in (0, rule.gid) and self.sid in (0, rule.sid)

    def _suppress(self, rule: Rule) -> None:
        if self.suppression is not None:
            rule.suppressions.append(self.suppression)
        else:
            rule.is_noalert = True
            rule.is_alert_forced = False


def parse_directive(text: str, addresses: AddressParser) -> Directive:
    """Return what one line says. Raises RuleError, with the column of the fault."""
    m = KIND.match(text)
    kind = m[1].lower() if m is not None else ""
    if m is None or kind not in KINDS:
        remedy = nearest(kind, KINDS) or f" (expected {', '.join(KINDS)})"
        raise RuleError(f"{short(kind)} is not a kind of threshold{remedy}", "", m.start(1) + 1 if m is not None else 1)
    form = FORMS[kind]
    try:
        words = _words(text[m.end() :], NAMES[kind], form)
        directive = Directive(kind, _number(words, "gen_id", form), _number(words, "sig_id", form))
        if directive.sid and not directive.gid:
            raise RuleError("a sig_id without its gen_id (write gen_id 1, the usual one)")
        if kind == SUPPRESS:
            directive.suppression = _suppression(words, addresses)
        elif kind == RATE_FILTER:
            directive.threshold = _rate_filter(words)
        else:
            directive.threshold = _threshold(words)
    except RuleError as error:
        raise RuleError(error.message, kind, m.start(1) + 1) from None
    return directive


def _words(text: str, names: tuple[str, ...], form: str) -> dict[str, str]:
    """Return the line's `name value` pairs; the addresses behind `ip` may be several."""
    words: dict[str, str] = {}
    last = ""
    for part in split_list(text.partition("#")[0]):
        name, _, value = part.partition(" ")
        name = name.lower()
        if name in names:
            if name in words:
                raise RuleError(f"{name} stands there twice (keep one)")
            words[name] = value.strip()
            last = name
        elif last == "ip":
            words["ip"] += "," + part
        else:
            raise RuleError(f"{short(part)} is no part of it (expected {form})")
    return words


def _number(words: dict[str, str], name: str, form: str) -> int:
    return whole_number(word(words, name, form), 0, MAX_ID, form)


def _suppression(words: dict[str, str], addresses: AddressParser) -> Suppression | None:
    if "track" not in words and "ip" not in words:
        return None
    track = one_of(words, "track", SIDES, SUPPRESS_FORM)
    return Suppression(track, addresses.parse(word(words, "ip", SUPPRESS_FORM)))


def _threshold(words: dict[str, str]) -> Threshold:
    kind = one_of(words, "type", TYPES, THRESHOLD_FORM)
    track = one_of(words, "track", TRACKS, THRESHOLD_FORM)
    count = whole_number(word(words, "count", THRESHOLD_FORM), 1, MAX_COUNT, THRESHOLD_FORM)
    if kind != "backoff":
        return Threshold(kind, track, count, seconds(word(words, "seconds", THRESHOLD_FORM)))
    if track != "by_flow":
        raise RuleError("backoff counts per flow alone (track by_flow)")
    threshold = Threshold(kind, track, count, 0)
    threshold.multiplier = whole_number(word(words, "multiplier", THRESHOLD_FORM), 1, MAX_COUNT, THRESHOLD_FORM)
    return threshold


def _rate_filter(words: dict[str, str]) -> Threshold:
    track = one_of(words, "track", TRACKS, RATE_FORM)
    count = whole_number(word(words, "count", RATE_FORM), 1, MAX_COUNT, RATE_FORM)
    threshold = Threshold(RATE_FILTER, track, count, seconds(word(words, "seconds", RATE_FORM)))
    threshold.new_action = one_of(words, "new_action", ACTIONS, RATE_FORM)
    if threshold.new_action in POWERLESS:
        raise RuleError(f"new_action {threshold.new_action} changes nothing (use alert, drop, pass or reject)")
    threshold.timeout = seconds(word(words, "timeout", RATE_FORM))
    return threshold

"""threshold.config: what its lines do to rules, and what is said of lines that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.address import AddressParser
from vids.engine.rule.error import RuleError
from vids.engine.rule.ruleset import ERROR, WARNING, RuleSet
from vids.engine.rule.threshold_file import parse_directive

RULES = """\
alert ip any any -> any any (sid:1;)
alert ip any any -> any any (sid:2; gid:5;)
alert ip any any -> any any (sid:3; threshold:type limit, track by_src, count 1, seconds 60;)
pass ip any any -> any any (sid:4; alert;)
alert http any any -> any any (sid:5; http.uri; content:"waits";)
"""
ADDRESSES = {"HOME_NET": "[10.0.0.0/8]", "NOBODY": "!any"}


def limited(*lines):
    """Return the rules by sid, and the problems, of RULES under the lines of a threshold file."""
    ruleset = RuleSet(ADDRESSES, {}, {}, {})
    ruleset.add("test.rules", RULES)
    assert not ruleset.problems
    ruleset.limit("threshold.config", "\n".join(lines))
    ruleset.order()
    return {rule.sid: rule for rule in ruleset.rules + ruleset.waiting}, ruleset.problems


def shape(rule):
    threshold = rule.threshold
    if threshold is None:
        return None
    return threshold.kind, threshold.track, threshold.count, threshold.seconds


SUPPRESS = "suppress gen_id 1, sig_id 1"
THRESHOLD = "threshold gen_id 1, sig_id 1"
RATE_FILTER = "rate_filter gen_id 1, sig_id 1"
OWN = ("limit", "by_src", 1, 60)
LIMIT = "type limit, track by_src, count 5, seconds 10"
OF_LIMIT = ("limit", "by_src", 5, 10)
BACKOFF = ("backoff", "by_flow", 2, 0)
RATE = "track by_dst, count 5, seconds 10, new_action drop, timeout 30"
OF_RATE = ("rate_filter", "by_dst", 5, 10)

THRESHOLDS = [
    # line                                                                             of sid 1    2     3      4
    (f"threshold gen_id 1, sig_id 1, {LIMIT}",                                      OF_LIMIT, None, OWN, None),
    (f"event_filter gen_id 1, sig_id 1, {LIMIT}",                                   OF_LIMIT, None, OWN, None),
    (f"EVENT_FILTER  gen_id 1,sig_id  1,{LIMIT}  # noisy",                          OF_LIMIT, None, OWN, None),
    ("threshold gen_id 1, sig_id 1, type limit, \\\n  track by_src, count 5, seconds 10", OF_LIMIT, None, OWN, None),
    ("threshold sig_id 1, gen_id 1, seconds 10, count 5, track by_src, type limit", OF_LIMIT, None, OWN, None),
    (f"threshold gen_id 5, sig_id 2, {LIMIT}",                                      None, OF_LIMIT, OWN, None),
    (f"threshold gen_id 1, sig_id 3, {LIMIT}",                                      None, None, OF_LIMIT, None),
    (f"threshold gen_id 1, sig_id 0, {LIMIT}",                                      OF_LIMIT, None, OWN, OF_LIMIT),
    (f"threshold gen_id 0, sig_id 0, {LIMIT}",                                      OF_LIMIT, OF_LIMIT, OWN, OF_LIMIT),
    (f"rate_filter gen_id 1, sig_id 1, {RATE}",                                     OF_RATE, None, OWN, None),
    (f"rate_filter gen_id 1, sig_id 3, {RATE}",                                     None, None, OWN, None),
    (f"rate_filter gen_id 1, sig_id 1, {RATE}\nthreshold gen_id 1, sig_id 1, {LIMIT}", OF_LIMIT, None, OWN, None),
    (f"threshold gen_id 1, sig_id 1, {LIMIT}\nrate_filter gen_id 1, sig_id 1, {RATE}", OF_LIMIT, None, OWN, None),
    (f"{THRESHOLD}, type both, track by_rule, count 2, seconds 1m", ("both", "by_rule", 2, 60), None, OWN, None),
    (f"{THRESHOLD}, type backoff, track by_flow, count 2, multiplier 10", BACKOFF, None, OWN, None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "of_1", "of_2", "of_3", "of_4"), THRESHOLDS)
def test_thresholds(line, of_1, of_2, of_3, of_4):
    rules, problems = limited(line)
    assert [shape(rules[sid]) for sid in (1, 2, 3, 4)] == [of_1, of_2, of_3, of_4]
    assert all(problem.severity == WARNING for problem in problems)


def test_a_rate_filter_knows_what_it_changes_and_for_how_long():
    rules, _ = limited(f"rate_filter gen_id 1, sig_id 1, {RATE}")
    assert (rules[1].threshold.new_action, rules[1].threshold.timeout) == ("drop", 30)


def test_rules_that_wait_are_limited_too():
    rules, problems = limited(f"threshold gen_id 1, sig_id 5, {LIMIT}")
    assert shape(rules[5]) == OF_LIMIT
    assert not problems


SUPPRESSED = [
    # line                                                          silent sids       suppressions of sid 1
    ("suppress gen_id 1, sig_id 1",                                 {1},              []),
    ("suppress gen_id 1, sig_id 0",                                 {1, 3, 4, 5},     []),
    ("suppress gen_id 0, sig_id 0",                                 {1, 2, 3, 4, 5},  []),
    (f"{SUPPRESS}, track by_src, ip 10.0.0.1",      set(),            [("by_src", [(0x0A000001, 0x0A000001)])]),
    (f"{SUPPRESS}, track by_dst, ip $HOME_NET",     set(),            [("by_dst", [(0x0A000000, 0x0AFFFFFF)])]),
    ("suppress gen_id 1, sig_id 1, track by_either, ip 1.1.1.1, 2.2.2.0/31", set(),
     [("by_either", [(0x01010101, 0x01010101), (0x02020200, 0x02020201)])]),
    ("suppress gen_id 1, sig_id 1, track by_src, ip [0.0.0.9,!0.0.0.8]", set(),       [("by_src", [(9, 9)])]),
    ("suppress gen_id 1, sig_id 1, track by_src, ip 0.0.0.1-0.0.0.3",    set(),       [("by_src", [(1, 3)])]),
    ("suppress gen_id 1, sig_id 1, ip 0.0.0.1, track by_src",            set(),       [("by_src", [(1, 1)])]),
    (f"{SUPPRESS}, track by_src, ip 0.0.0.1\n{SUPPRESS}, track by_dst, ip 0.0.0.2", set(),
     [("by_src", [(1, 1)]), ("by_dst", [(2, 2)])]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "silent", "suppressions"), SUPPRESSED)
def test_suppressions(line, silent, suppressions):
    rules, problems = limited(line)
    assert not problems
    assert {sid for sid, rule in rules.items() if rule.is_noalert} == silent
    assert not [sid for sid in silent if rules[sid].is_alert_forced]
    assert [(one.track, one.addresses.ranges(4)) for one in rules[1].suppressions] == suppressions


ERRORS = [
    # line                                                                            place  message
    ("foo gen_id 1, sig_id 1", "1:1", "'foo' is not a kind of threshold"),
    ("  supress gen_id 1, sig_id 1",                                                  "1:3", "did you mean suppress?"),
    ("# c\n\nsuppress sig_id 1", "3:1", "suppress: gen_id is missing"),
    ("suppress gen_id 1",                                                             "1:1", "sig_id is missing"),
    ("suppress gen_id 0, sig_id 7",                                                   "1:1", "write gen_id 1"),
    ("suppress gen_id x, sig_id 7",                                                   "1:1", "not a whole number"),
    ("suppress gen_id 1, sig_id 99999999999",                                         "1:1", "out of range"),
    ("suppress gen_id 1, sig_id 1, track by_src",                                     "1:1", "ip is missing"),
    ("suppress gen_id 1, sig_id 1, ip 1.1.1.1",                                       "1:1", "track is missing"),
    (f"{SUPPRESS}, track by_both, ip 1.1.1.1",                        "1:1", "by_src|by_dst|by_either"),
    ("suppress gen_id 1, sig_id 1, track by_src, ip 300.1.1.1",                       "1:1", "not an IPv4 address"),
    ("suppress gen_id 1, sig_id 1, track by_src, ip $NOPE",                           "1:1", "$NOPE is not defined"),
    ("suppress gen_id 1, sig_id 1, track by_src, ip $NOBODY",                         "1:1", "leaves no address"),
    ("suppress gen_id 1, sig_id 1, track by_src, ip [1.1.1.1",                        "1:1", "closing bracket"),
    ("suppress gen_id 1, sig_id 1, sig_id 2",                                         "1:1", "twice"),
    ("suppress gen_id 1, sig_id 1, seconds 3",                                        "1:1", "no part of it"),
    ("threshold gen_id 1, sig_id 1",                                                  "1:1", "type is missing"),
    (f"{THRESHOLD}, type limits, track by_src, count 1, seconds 6",   "1:1", "limit|threshold|both|backoff"),
    ("threshold gen_id 1, sig_id 1, type limit, track by_either, count 1, seconds 6", "1:1", "by_src|by_dst|by_both"),
    ("threshold gen_id 1, sig_id 1, type limit, track by_src, count 0, seconds 6",    "1:1", "out of range"),
    ("threshold gen_id 1, sig_id 1, type limit, track by_src, count 1",               "1:1", "seconds is missing"),
    ("threshold gen_id 1, sig_id 1, type limit, track by_src, count 1, seconds x",    "1:1", "no period"),
    ("threshold gen_id 1, sig_id 1, type backoff, track by_src, count 1, multiplier 2", "1:1", "track by_flow"),
    ("rate_filter gen_id 1, sig_id 1, track by_src, count 1, seconds 6, timeout 3",   "1:1", "new_action is missing"),
    (f"{RATE_FILTER}, track by_src, count 1, seconds 6, new_action x, timeout 3",    "1:1", "alert|drop|pass|reject"),
    (f"{RATE_FILTER}, track by_src, count 1, seconds 6, new_action sdrop, timeout 3", "1:1", "changes nothing"),
    (f"{RATE_FILTER}, track by_src, count 1, seconds 6, new_action drop", "1:1", "timeout is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "place", "message"), ERRORS)
def test_a_wrong_line_is_left_out_and_the_rest_goes_on(line, place, message):
    rules, problems = limited(line, "suppress gen_id 5, sig_id 2")
    (problem,) = problems
    assert problem.severity == ERROR
    assert str(problem).startswith(f"threshold.config:{place}: ")
    assert message in str(problem)
    assert "(" in problem.message or "bracket" in problem.message  # what would be right
    assert rules[2].is_noalert
    assert not rules[1].suppressions
    assert rules[1].threshold is None


WARNINGS = [
    ("suppress gen_id 1, sig_id 99",                  "no rule of sid 99 of gid 1 is loaded"),
    ("suppress gen_id 7, sig_id 0",                   "no rule of gid 7 is loaded"),
    (f"threshold gen_id 0, sig_id 0, {LIMIT}",        "1 rules keep the threshold that they have"),
    (f"rate_filter gen_id 1, sig_id 3, {RATE}",       "the rule keeps its threshold"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), WARNINGS)
def test_an_odd_line_is_warned_of(line, message):
    _, problems = limited(line)
    (problem,) = problems
    assert problem.severity == WARNING
    assert message in problem.message


WORDS = st.sampled_from(
    ["suppress", "threshold", "rate_filter", "gen_id 1", "sig_id 1", "track by_src", "ip", "[", "]", "!", "$HOME_NET",
     ",", " ", "\t", "count 1", "seconds", "10.0.0.1", "type limit", "\\", "#", "new_action drop", "timeout 9"]
)  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=4), max_size=20).map("".join))
def test_no_line_does_more_than_raise_a_rule_error(line):
    try:
        parse_directive(line, AddressParser(ADDRESSES))
    except RuleError as error:
        assert error.message
        assert error.column >= 1

"""rules: the text of a rules file, and the engine that is made of what is in order in it.

Input: the text. A few packets then meet the rules.
Holds: a bad rule is a problem at its place, and takes no other down; every rule is in one state; a rule that is in
order reads the same by itself; whatever is in order can be matched; the same again gives the same.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from fuzzing import corpus
from fuzzing.target import Target, demand
from vids.engine.batch import Batch, batch_of
from vids.engine.engine import Engine
from vids.engine.event import Alert
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.parser import RuleParser
from vids.engine.rule.ruleset import ERROR, RuleSet
from vids.engine.rule.text import rule_texts
from vids.engine.settings import Settings
from vids.rulefiles import shipped_classtypes, shipped_references

ADDRESSES: Final = {"HOME_NET": "[10.0.0.0/8,192.168.0.0/16]", "EXTERNAL_NET": "!$HOME_NET"}
PORTS: Final = {"HTTP_PORTS": "[80,8080:8090,!8085]"}
CLASSTYPES: Final = shipped_classtypes()
REFERENCES: Final = shipped_references()
MORE: Final = (  # what the shipped rules do not use
    rb'alert tcp any any -> any any (content:"a|0d|b"; offset:1; depth:9; content:!"c"; within:4; sid:2;)',
    rb"alert udp any any <> any !53 (byte_test:2,>,0x10,0,relative,little; byte_jump:4,0,multiplier 2,align; sid:3;)",
    rb'alert tcp any any -> any [80,1024:] (byte_extract:1,0,n; content:"x"; depth:n; isdataat:!n,relative; sid:4;)',
    rb"alert ip [10.0.0.0/8,!10.1.2.3,2001:db8::/32] any -> any any (ttl:<5; ipopts:rr; fragbits:M+; sid:5;)",
    rb"alert tcp any any -> any any (flags:SA,12; seq:1; window:!0; flowbits:set,a&b; flowint:n,+,1; sid:6;)",
    rb"pass icmp any any -> any any (itype:8<>12; icode:>0; dsize:!5; xbits:set,x,track ip_src,expire 9; sid:7;)",
    rb"alert pkthdr any any -> any any (decode-event:ipv4.trunc_pkt; stream-event:est_invalid_ack; sid:8;)",
    rb'alert tcp any any -> any any (base64_decode:bytes 9,offset 1,relative; base64_data; content:"q"; sid:9;)',
    rb'alert http any any -> any any (http.uri; content:"/"; to_lowercase; pcre:"/^\/[a-z]+(?=x)/Ui"; sid:10;)',
    rb"alert udp any any -> any any (byte_math:bytes 1,offset 0,oper <<,rvalue 3,result r; sid:11;)",
    rb"alert ip any any <> any any (ip.src; dataset:set,d,type ip; tag:host,5,packets,src; sid:12;)",
    rb"alert udp any any -> any any (asn1:double_overflow, relative_offset 0; entropy:value >4; sid:13;)",
)


def check(data: bytes) -> None:
    """Read the text twice, and match it once."""
    text = data.decode("utf-8", "surrogateescape")
    first, second = read(text), read(text)
    demand(said(first) == said(second), "the same text reads otherwise")
    check_problems(first, text)
    match(first)


def read(text: str) -> RuleSet:
    """Return the rules of a text."""
    ruleset = RuleSet(ADDRESSES, PORTS, CLASSTYPES, REFERENCES)
    ruleset.add("fuzz.rules", text)
    ruleset.order()
    return ruleset


def said(ruleset: RuleSet) -> list[object]:
    """Return what there is to say of rules."""
    kinds = (ruleset.rules, ruleset.waiting, ruleset.unmet)
    return [[str(each) for each in ruleset.problems], [[rule.text for rule in kind] for kind in kinds], ruleset.failed]


def check_problems(ruleset: RuleSet, text: str) -> None:
    """Find every problem at a place in the text, and every rule in one state."""
    lines = text.split("\n")
    for problem in ruleset.problems:
        demand(1 <= problem.line <= len(lines), f"{problem} is about no line")
        demand(1 <= problem.column <= len(lines[problem.line - 1]) + 2, f"{problem} is about no column")
        demand(bool(problem.message), "a problem says nothing")
    texts = rule_texts(text)
    n_states = len(ruleset.rules) + len(ruleset.waiting) + len(ruleset.unmet) + ruleset.failed
    n_replaced = sum(1 for each in ruleset.problems if each.severity != ERROR and " replaces rev " in each.message)
    demand(n_states + n_replaced == len(texts), "a rule is in no state, or in two")
    demand((ruleset.failed > 0) == (ruleset.n_errors() > 0), "rules failed, and nobody says why")
    for number, rule in enumerate(ruleset.rules):
        demand(rule.number == number, "a rule has another number")
        parser = RuleParser(ADDRESSES, PORTS, CLASSTYPES, REFERENCES)
        again = parser.read(rule.text)
        demand(not parser.problems, f"by itself, a rule has problems: {parser.problems}")
        demand((again.sid, again.msg, again.waiting) == (rule.sid, rule.msg, rule.waiting), "by itself, another rule")


def match(ruleset: RuleSet) -> None:
    """Let packets meet the rules."""
    settings = Settings()
    settings.mpm_algorithm = "ac"  # a database of Hyperscan takes long to make
    settings.verify_checksums = False
    settings.alert_max = 1000
    engine = Engine(ruleset, settings)
    events = engine.feed(packets()) + engine.close()
    for event in events:
        if isinstance(event, Alert):
            demand(ruleset.rules[event.rule.number] is event.rule, "an alert of a rule that is not there")
    demand(min(engine.counters().values()) >= 0, "negative counter")


@cache
def packets() -> Batch:
    """Return some shipped frames: the beginning of a connection, and of each other capture one."""
    captures = corpus.captures()
    frames = captures[0][:8] + [capture[-1] for capture in captures[1::5]]
    return batch_of([(1_700_000_000_000_000_000 + number * 10**7, frame) for number, frame in enumerate(frames)])


def seeds() -> list[bytes]:
    """Return the shipped rules, some more, and of each keyword an option that is wrong."""
    made = [*corpus.rules(), *MORE, b"\n".join(MORE), b" \\\n ".join(MORE[0].split(b" "))]
    for keyword in REGISTRY.values():
        made += [
            f"alert ip any any -> any any ({keyword.name}:{value}; sid:1;)".encode() for value, _ in keyword.errors[:1]
        ]
    return made


WORDS: Final = tuple(sorted({f"{name}:".encode() for name in (*REGISTRY, *WAITING)}))
TARGET: Final = Target(check, seeds, max_length=1500, words=WORDS)

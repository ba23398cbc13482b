"""Names answered by a dictionary: the same rules as asking each of them in turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payload_rule import build

from vids.engine.detect.name_table import NameTable

TAKEN = [
    # options behind a sticky buffer                  taken  holds for                      not for
    ('content:"a.example"; startswith; endswith;',     True,  [b"a.example", b"A.EXAMPLE"], [b"b.a.example"]),
    ('content:"a.example"; bsize:9; nocase;',          True,  [b"a.example", b"A.EXAMPLE"], [b"a.example.org"]),
    ('content:"a.example"; depth:9; bsize:9;',         True,  [b"a.example"],               [b"xa.example"]),
    ('content:"a.example"; endswith; bsize:9;',        True,  [b"a.example"],               [b"xa.example"]),
    ('content:".a.example"; endswith;',                True,  [b"x.a.example", b".a.example", b"x.y.a.example"],
     [b"a.example", b"xa.example", b"x.a.example.org"]),
    ('content:"a.example"; endswith;',                 False, [],                           []),
    ('content:".a.example";',                          False, [],                           []),
    ('content:"a.example"; startswith;',               False, [],                           []),
    ('content:"a.example"; startswith; bsize:>3;',     False, [],                           []),
    ('content:"a.example"; startswith; bsize:!9;',     False, [],                           []),
]  # fmt: skip


def table_of(options):
    """Return a table with one rule, number 7, and whether it was taken."""
    rule = build(options)
    inspection = rule.inspections[0]
    table = NameTable()
    return table, table.add(7, inspection.contents()[0], inspection)


@pytest.mark.parametrize(("options", "taken", "holds", "fails"), TAKEN, ids=[row[0] for row in TAKEN])
def test_taken(options, taken, holds, fails):
    table, is_taken = table_of("tcp.hdr; " + options)
    assert is_taken is taken
    for name in holds:
        assert table.find(name) == [7], name
    for name in fails:
        assert table.find(name) == [], name


LABEL = st.sampled_from([b"a", b"b", b"A", b"", b"example"])
NAME = st.lists(LABEL, min_size=1, max_size=5).map(b".".join)


@given(st.lists(st.tuples(NAME.filter(bool), st.booleans()), max_size=6), NAME)
def test_the_same_as_one_by_one(names, value):
    table = NameTable()
    wanted = []
    for number, (name, is_whole) in enumerate(names):
        ending = "startswith; endswith;" if is_whole else "endswith;"
        pattern = name if is_whole else b"." + name
        inspection = build(f'tcp.hdr; content:"{pattern.decode()}"; nocase; {ending}').inspections[0]
        assert table.add(number, inspection.contents()[0], inspection)
        low = value.lower()
        if low == pattern.lower() if is_whole else low.endswith(pattern.lower()):
            wanted.append(number)
    assert sorted(table.find(value)) == wanted

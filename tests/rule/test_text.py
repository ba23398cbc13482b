"""Files cut into rules, rules into parts."""

from __future__ import annotations

import pytest

from vids.engine.rule.text import rule_texts, split_rule

FILES = [
    # name                  text                                              rules: (line, text)
    ("plain",               "a\nb\n",                                         [(1, "a"), (2, "b")]),
    ("no last newline",     "a",                                              [(1, "a")]),
    ("comments",            "# a\n  # b\n;c\nd\n",                            [(4, "d")]),
    ("empty lines",         "\n  \n\t\na\n",                                  [(4, "a")]),
    ("crlf",                "a\r\nb\r\n",                                     [(1, "a"), (2, "b")]),
    ("byte order mark",     "\ufeffa\n",                                      [(1, "a")]),
    ("no utf-8",            "a\udcff\n",                                      [(1, "a\udcff")]),
    ("continued",           "a \\\n b \\\n c\nd\n",                           [(1, "a  b  c"), (4, "d")]),
    ("continued, crlf",     "a \\\r\n b\r\n",                                 [(1, "a  b")]),
    ("continued to eof",    "a \\",                                           [(1, "a ")]),
    ("disabled, indented",  "# a \\\n  b \\\n  c\nd\n",                       [(4, "d")]),
    ("comment ends in \\",  "# path C:\\\na\n",                               [(2, "a")]),
    ("a line disabled",     "a \\\n# b \\\n c\n",                             [(1, "a  c")]),
    ("other separators",    "a\x0bb\x85c\u2028d\n",                           [(1, "a\x0bb\x85c\u2028d")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rules"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_rule_texts(text: str, rules: list[tuple[int, str]]) -> None:
    assert [(rule.line, rule.text) for rule in rule_texts(text)] == rules


def test_place_of_a_continued_line() -> None:
    (rule,) = rule_texts("\nab \\\n cd\\\nef\n")
    assert rule.text == "ab  cdef"
    places = {rule.text[i]: rule.place(i + 1) for i in range(len(rule.text)) if rule.text[i] != " "}
    assert places == {"a": (2, 1), "b": (2, 2), "c": (3, 2), "d": (3, 3), "e": (4, 1), "f": (4, 2)}


OPTIONS = [
    # options                       (name, value, column)                                  problems
    ("(a;)",                        [("a", "", 2)],                                        []),
    ("(a:1; b:2;)",                 [("a", "1", 2), ("b", "2", 7)],                        []),
    ("( a : 1 ; )",                 [("a", "1", 3)],                                       []),
    (r'(a:"x\;y";)',                [("a", r'"x\;y"', 2)],                                 []),
    ('(a:"x;y";)',                  [("a", '"x', 2), ('y"', "", 7)],                       []),
    ('(a:"(x)";)',                  [("a", '"(x)"', 2)],                                   []),
    ("(a:b:c;)",                    [("a", "b:c", 2)],                                     []),
    ("()",                          [],                                                    []),
    ("(a:1; b:2)", [("a", "1", 2), ("b", "2", 7)], [(7, "`;` behind the last")]),
    ("(a:1;",                       [("a", "1", 2)],                                       [(5, "parenthesis")]),
    ("(a:1", [("a", "1", 2)], [(4, "parenthesis"), (2, "`;`")]),
    ("(a:1;; b;)",                  [("a", "1", 2), ("b", "", 8)],                         [(6, "empty")]),
    ("(a:1;) x", [("a", "1", 2), (") x", "", 6)], [(8, "parenthesis"), (6, "`;`")]),
    ("no options",                  [],                                                    [(10, "no options")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "problems"), OPTIONS, ids=[o[0] for o in OPTIONS])
def test_split_rule(text: str, options: list[tuple[str, str, int]], problems: list[tuple[int, str]]) -> None:
    parts = split_rule(text)
    assert [(option.name, option.value, option.column) for option in parts.options] == options
    assert len(parts.problems) == len(problems)
    for problem, (column, message) in zip(parts.problems, problems, strict=True):
        assert problem.column == column
        assert message in problem.message


def test_header_fields_keep_lists_together() -> None:
    fields = split_rule("alert  tcp [10.0.0.0/8, [10.1.1.1, ::1]] any (a;)").fields
    assert [(field.text, field.column) for field in fields] == [
        ("alert", 1), ("tcp", 8), ("[10.0.0.0/8, [10.1.1.1, ::1]]", 12), ("any", 42),
    ]  # fmt: skip

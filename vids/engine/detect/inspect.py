"""Whether a rule's payload options hold together: search with bounded backtracking.

An option may count from where the one before it matched. When it fails, an earlier one may match further on, and
then it may hold after all; so places are tried until all options hold or none is left.
"""

from __future__ import annotations

from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.keyword import PayloadCheck
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.keywords.isdataat import IsDataAt
from vids.engine.rule.keywords.pcre import Pcre
from vids.engine.rule.rule import Inspection, Rule


def holds(checks: list[PayloadCheck], cursor: Cursor) -> bool:
    """Return whether all checks hold in the cursor's buffer, each from where the one before it matched.

    Every try costs one of `cursor.steps`; without any left the answer is False, and `cursor.is_exhausted` set.
    """
    n: i64 = len(checks)
    at: i64 = 0
    base: i64 = -cursor.origin  # what is relative to nothing counts from the start of the stream
    resume: i64 = -1
    choices: list[i64] = []  # of each match that could be another: which check, its base, where to go on
    while at < n:
        cursor.steps -= 1
        if cursor.steps < 0:
            cursor.is_exhausted = True
            return False
        check = checks[at]
        if check.seek(cursor, base, resume) and (check.inner is None or inner_holds(check.inner, cursor)):
            if check.can_resume:
                choices.append(at)
                choices.append(base)
                choices.append(cursor.begin + 1)
            base = cursor.end
            cursor.furthest = max(cursor.furthest, base)
            at += 1
            resume = -1
            continue
        if not choices or (resume < 0 and not check.is_relative and not check.uses_variable):
            return False  # nothing before this check can change its answer
        resume = choices.pop()
        base = choices.pop()
        at = choices.pop()
    return True


def inner_holds(inspection: Inspection, cursor: Cursor) -> bool:
    """Return whether the checks of a buffer within the buffer hold in the bytes that were decoded last."""
    inner = Cursor()
    inner.load(inspection.transformed(cursor.decoded), 0, cursor.steps)
    inner.values = cursor.values
    is_held = holds(inspection.checks, inner)
    cursor.steps = inner.steps
    cursor.is_exhausted = cursor.is_exhausted or inner.is_exhausted
    cursor.n_pcre_limits += inner.n_pcre_limits
    cursor.n_captures_cut += inner.n_captures_cut
    if inner.captured is not None:
        for key, group in inner.captured.items():
            cursor.capture(key, group)
    if inner.context is not None:
        for key, json in inner.context.items():
            cursor.add_context(key, json)
    if inner.notes is not None:
        for name, value in inner.notes.items():
            cursor.note(name, value)
    return is_held


def plan_all(rule: Rule) -> None:
    """Plan every inspection of a rule."""
    for inspection in rule.inspections:
        plan(inspection.checks)
        for check in inspection.checks:
            if check.inner is not None:
                plan(check.inner.checks)


def plan(checks: list[PayloadCheck]) -> None:
    """Forbid retries that cannot help: `holds` gives the same answer, in fewer steps. Call it once for a rule."""
    for at in range(len(checks)):
        if checks[at].can_resume and not _retry_helps(checks, at):
            checks[at].can_resume = False


def _retry_helps(checks: list[PayloadCheck], at: int) -> bool:
    """Return whether a later match of `checks[at]` may make the others hold where its first one did not.

    A later match of a content also ends later. Then a content that may stand anywhere behind it, and isdataat,
    hold less often, not more.
    """
    is_ordered = isinstance(checks[at], Content)
    for i in range(at + 1, len(checks)):
        check = checks[i]
        if not check.is_relative:
            if isinstance(check, Content) and not check.is_negated:
                return False  # what follows counts from this one
            if isinstance(check, Pcre) and not check.is_negated:
                return False
        elif isinstance(check, Content) and not check.is_negated:
            return not is_ordered or check.has_within()
        elif not is_ordered or not isinstance(check, IsDataAt) or check.is_negated:
            return True
    return False

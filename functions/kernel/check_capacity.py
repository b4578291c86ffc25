"""Checks of a definition's capacity: each choice has a limit, and a case that finds it full can
wait."""

from collections.abc import Iterator

from functions.kernel.capacity import Capacity
from functions.kernel.definition import Definition
from functions.kernel.fields import Field
from functions.kernel.states import LINK


def capacity(d: Definition) -> Iterator[str]:
    """Places are told for each choice, and no act may change what a case takes."""
    if d.capacity is None:
        return
    rule, fields = d.capacity, d.fields()
    if not {*rule.occupying, rule.waiting} <= {s.name for s in d.states} or not rule.occupying:
        yield "capacity: unknown state"
    if rule.by not in fields or {*fields[rule.by].choices} != rule.limits.keys():
        yield "capacity: its places are not told for each choice"
    size = fields.get(rule.units_field, Field(rule.units_field))
    fewest = min(rule.limits.values(), default=0)
    if rule.units_field and not 0 < (size.lowest or 0) <= (size.highest or fewest + 1) <= fewest:
        yield "capacity: one case may take no place, or more than there are"
    asked = {f.name for a in d.actions for form in d.forms for f in d.asked(a, form.name)}
    if {rule.by, rule.units_field} & asked:
        yield "capacity: an action may change what a case takes"
    if any(rule.counts(form.start) for form in d.forms):
        yield "capacity: a case begins in it"
    yield from _ways_into(d, rule)


def _ways_into(d: Definition, capacity: Capacity) -> Iterator[str]:
    """Nobody may be refused because it is full, and cases move in it one at a time."""
    rows = [t for t in d.transitions if capacity.counts(t.source) or capacity.counts(t.target)]
    called = [t for t in rows if (t.action, t.source) == (capacity.admits, capacity.waiting)]
    if [t.guard or t.target not in capacity.occupying for t in called] != [False]:
        yield "capacity: its call leads nowhere, or not always"
    reported = {action for each in d.subprocesses for action in each.reports.values()}
    others = {a.name for a in d.actions if a.role == LINK or not a.available_on}
    others -= {capacity.admits, *reported}
    yield from (f"capacity: {t.action} comes from another case" for t in rows if t.action in others)
    for n, row in enumerate(rows):
        if row in called or not capacity.enters(row.source, row.target):
            continue
        rest = [t for t in rows[n:] if not capacity.enters(t.source, t.target) and t.guard is None]
        if (row.action, row.source) not in {(t.action, t.source) for t in rest}:
            yield f"capacity: {row.action} in {row.source} has no way when it is full"

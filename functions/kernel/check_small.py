"""What a subprocess leaves to its process: people, other cases, and how long anything is kept."""

from collections.abc import Iterator

from functions.kernel.definition import Definition

_OF_CASES = ("referrals", "tables", "merging", "capacity", "terms", "subprocesses")
_OF_ROWS = ("assigns", "vacates", "erases", "linked_actions", "signals", "spawns", "leaves",
            "removes_unless_agreed", "becomes")  # fmt: skip


def small(d: Definition) -> Iterator[str]:
    """A fault for whatever a subprocess says that only a process can."""
    if not d.within:
        return
    for name in (n for n in _OF_CASES if getattr(d, n)):
        yield f"definition: a subprocess has no {name}; say it in {d.within}"
    for t in d.transitions:
        for name in (n for n in _OF_ROWS if getattr(t, n)):
            yield (
                f"transition {t.source}-{t.action}: {name} is for cases, whose people a subcase "
                f"has; let {d.within} do it, told by this action"
            )
    for form in d.forms:
        if form.public or form.assigns or form.follows:
            yield f"form {form.name} begins within a case, with its people; say public=False alone"
    ends = {s.name for s in d.states if s.end}
    for timer in d.timers:
        for state in (s for s in timer.states if s in ends):
            yield f"timer {timer.name} runs in {state}, where a subcase is over; let it end there"

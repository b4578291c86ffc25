"""A decision with all that it moves: the cases linked to it are read, and decided together."""

from functions.kernel.case import Actor
from functions.kernel.definition import Definition
from functions.kernel.fields import Answers
from functions.kernel.linking import decide_together, moves_linked
from functions.processes import pinned
from functions.services.ports import File
from functions.services.wiring import Services
from functions.services.writing import Change


def decided(
    services: Services,
    definition: Definition,
    file: File,
    actor: Actor,
    action: str,
    said: Answers,
) -> tuple[Change, ...]:
    """The changes that an action makes, to be committed together; ``Refused`` as the engine."""
    others: list[tuple[Definition, File]] = []
    if moves_linked(definition, file.case, action):
        found = (services.cases.load(case_id) for case_id in file.case.linked)
        others = [(pinned(f.case.process, f.case.version), f) for f in found if f]
    decisions = decide_together(
        definition,
        file.case,
        [(own, other.case) for own, other in others],
        actor,
        action,
        said,
        services.clock.now(),
        services.directory,
    )
    read = {f.case.id: (own, f) for own, f in [(definition, file), *others]}
    return tuple(Change(read[d.case.id][0], d, read[d.case.id][1]) for d in decisions)

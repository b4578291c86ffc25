"""A subprocess borrows the roles of its process, and who owns its cases: its people are those of
the case that a subcase is a part of."""

from collections.abc import Mapping
from dataclasses import replace

from functions.kernel.definition import ALWAYS, Definition, Visibility
from functions.kernel.roles import Role
from functions.kernel.subprocesses import Subprocess
from functions.kernel.visibility import PARTY, sees


def borrowed(inner: Definition, outer: Definition) -> Definition:
    """The definition of a subprocess with the roles of its process, whatever it says of them. Who
    sees the others of a case in all states in which it has such subcases sees them there, too."""
    name = inner.name.removeprefix(f"{outer.name}.")
    spec = next((each for each in outer.subprocesses if each.name == name), None)
    people = _people_seen(outer, spec) if spec else {}
    return replace(
        inner,
        roles=tuple(_without_answers(role) for role in outer.roles),
        owner=outer.owner,
        visibility={**people, **inner.visibility},
    )


def _without_answers(role: Role) -> Role:
    """A role as a subcase has it: no answer of its own names or picks anybody."""
    return replace(role, fields=None, key="", rows=(), own=(), successor_mail="")


def _people_seen(outer: Definition, spec: Subprocess) -> Mapping[str, Visibility]:
    return {
        PARTY + role.name: {
            reader: ALWAYS
            for reader in spec.known_to
            if all(sees(outer, PARTY + role.name, reader, state) for state in spec.goes_on_in)
        }
        for role in outer.roles
    }

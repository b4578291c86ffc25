"""Acting through a link: read what was typed, decide, write, and tell who was first."""

from collections.abc import Mapping

from functions.kernel.case import Actor, Decision
from functions.kernel.definition import Action
from functions.kernel.engine import decide
from functions.kernel.errors import Conflict, Invalid, Problem
from functions.kernel.read import read
from functions.services import writing
from functions.services.links import Opened, mailbox, open_link
from functions.services.wiring import Services

_TRIES = 4  # a reminder may be written between reading and deciding; the turn is the same


def chosen(opened: Opened, name: str) -> Action:
    """The open action of this name; ``Invalid`` at ``action`` when none was chosen."""
    for action in opened.actions:
        if action.name == name:
            return action
    raise Invalid((Problem("action", "unchosen"),))


def act(
    services: Services,
    token: str,
    typed: Mapping[str, str],
    language: str,
    opened: Opened | None = None,
) -> Opened:
    """Do what was chosen. Returns the case as it was when the decision was made.

    ``opened`` is what the link showed a moment ago, if it was looked at; should the case have
    moved since, the write finds out and it is opened anew.
    ``Invalid`` with every problem; ``Conflict`` when the turn was over already.
    """
    for _ in range(_TRIES):
        if opened is None:
            opened = open_link(services, token)
        if opened.standing != "open":
            raise Conflict
        decision = _decided(services, opened, typed, language)
        # The mailbox is shown to be theirs; who disowns a case still wants no more mails of it.
        if opened.case.state == opened.definition.start and not decision.forgets:
            services.cases.free(mailbox(services, opened.party.email))
        try:
            writing.commit(services.cases, opened.definition, decision, opened.file)
        except Conflict:
            opened = None
            continue
        return opened
    raise Conflict


def _decided(
    services: Services, opened: Opened, typed: Mapping[str, str], language: str
) -> Decision:
    action = chosen(opened, typed.get("action", ""))
    said = read(
        opened.definition.asked(action, opened.case.form),
        action.checks,
        typed,
        services.directory,
        services.today(),
        opened.case.answers,
    )
    return decide(
        opened.definition,
        opened.case,
        Actor(opened.party.role, opened.party.id, language),
        action.name,
        said,
        services.clock.now(),
        services.directory,
    )

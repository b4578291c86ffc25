"""The duties of people in the directory, and what each duty permits on the desk.

``RIGHTS`` is the one table: page × action → the duties that permit it. Everything that a page
offers, shows or saves asks it, with what ``services.desk.duties`` adds; ``docs/duties.md`` is made
from the same table. People of a list may have a duty of their own: that is in its definition.
"""

from collections.abc import Iterable, Mapping

from functions.kernel.people import Listing
from functions.kernel.roles import Role

UNITS = "units"  # coordinates the applications of units
TOPICS = "topics"  # answers messages by topic, and makes quotes
FINANCE = "finance"  # invoices
DIRECTORY = "directory"  # keeps the directory

# What an entry among the coordinators can be there for, in the order they are asked.
DUTIES = (UNITS, TOPICS, FINANCE, DIRECTORY)

LOOKING_AFTER = (UNITS, TOPICS)

# Where the directory says whom a coordinator serves: a list, and a fact of the coordinators.
UNIT_LIST = "units"
TOPIC_FACT = "topics"
# Of the entries of every list.
ENTRY_RIGHTS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("look", "add", "edit", "retire"), (DIRECTORY,)
)

# Page → action → who may. ``people`` is of the cases that the person looks after.
# ``services.desk.duties.rights`` adds the desk itself, the lists of the directory, and what belongs
# to a role of a process: ``merge`` and ``tables``.
RIGHTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "search": {"look": (UNITS, TOPICS, FINANCE)},
    "people": {
        "look": LOOKING_AFTER,
        "link": LOOKING_AFTER,
        "replace": LOOKING_AFTER,
    },
    "directory": {"look": (DIRECTORY,)},
}

# The duty of the coordinators who are found by a source; of ``duties`` it is what is looked for.
_BY_SOURCE = {UNIT_LIST: UNITS, TOPIC_FACT: TOPICS}


def may(duties: Iterable[str], page: str, action: str = "look") -> bool:
    """Whether one of these duties permits an action. KeyError if the table has no such row."""
    return not set(RIGHTS[page][action]).isdisjoint(duties)


def coordinators_duty(role: Role) -> str:
    """The duty by which coordinators hold a role; "" if it is not theirs."""
    return role.always if role.source == "duties" else _BY_SOURCE.get(role.source, "")


def coordinators_duties(role: Role, answers: Mapping[str, object]) -> tuple[str, ...]:
    """The duties by one of which a coordinator can have a role in a case with these answers, the
    role's own first. Where nothing in the case picked its people, they came with the case that
    opened it, and have it by whichever duty they look after cases by."""
    own = coordinators_duty(role)
    came_along = bool(role.key) and not answers.get(role.key) and own in LOOKING_AFTER
    return (own, *(d for d in LOOKING_AFTER if came_along and d != own))


def declared(facts: Mapping[str, object]) -> tuple[str, ...]:
    """The duties that an entry among the coordinators names."""
    named = facts.get("duties", ())
    return named if isinstance(named, tuple) else ()


def duties_of(facts: Mapping[str, object], others: Iterable[Listing]) -> frozenset[str]:
    """The duties of a coordinator in office: those declared, and for who keeps the directory
    those that nobody in office has, so that nothing waits for nobody.

    ``others`` are all coordinators in office.
    """
    own = declared(facts)
    if DIRECTORY not in own:
        return frozenset(own)
    taken = {duty for each in others for duty in declared(each.facts)}
    return frozenset((*own, *(d for d in DUTIES if d not in taken)))

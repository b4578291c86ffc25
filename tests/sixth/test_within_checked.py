"""What a process and its subprocess say of each other and is not so is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions import lists
from functions.kernel.check import check
from functions.kernel.check_within import check_within
from functions.kernel.consequences import Merging
from functions.kernel.definition import Action, Definition, Transition
from functions.kernel.errors import WrongDefinition
from functions.kernel.states import CLOCK, LINK, LastingTimer, State
from functions.kernel.subprocesses import Subprocess

Change = Callable[[Definition], Definition]


def spec(**changed: object) -> Change:
    """The process with another thing said of its subprocess."""

    def change(d: Definition) -> Definition:
        own = replace(d.subprocesses[0], **changed)  # type: ignore[arg-type]
        return replace(d, subprocesses=(own,))

    return change


def rows(*without: str, add: tuple[Transition, ...] = (), **changed: object) -> Change:
    """A definition without the rows of some actions, with others, or with all rows changed."""

    def change(d: Definition) -> Definition:
        kept = (t for t in d.transitions if t.action not in without)
        each = tuple(replace(t, **changed) if changed else t for t in kept)  # type: ignore[arg-type]
        return replace(d, transitions=(*each, *add))

    return change


def actions(*add: Action) -> Change:
    return lambda d: replace(d, actions=(*d.actions, *add))


def same(d: Definition) -> Definition:
    return d


OF_BOTH: tuple[tuple[Change, Change, str], ...] = (
    (spec(known_to=("coordinator",)), same, "contact acts in it or is mailed, and does not know"),
    (spec(known_to=("contact",)), same, "coordinator sees talk_day and does not know of it"),
    (spec(begun_by=()), same, "nobody can begin one; name roles in begun_by, and states"),
    (spec(states=()), same, "nobody can begin one"),
    (spec(begun_by=("contact",)), same, "form propose is of coordinator, who begins none"),
    (spec(states=("unconfirmed",)), same, "nobody may be there as coordinator, who has a turn"),
    (spec(spreads={"nothing": lambda a: (a,)}), same, "spreads names the form nothing"),
    (spec(dated="nothing"), same, "dated names the answer nothing, which is not there"),
    (spec(takes={"withdraw": "cancel"}), same, "takes names cancel, which is no action by link"),
    (spec(takes={"withdraw": "call_off", "give_up": "call_off"}), same, "end leads the case from"),
    (same, rows("call_off"), "leads the case from placed to left, and one that is in agreed goes"),
    (spec(takes={}), same, "action call_off is by link, and nothing takes it"),
    (same, rows(mails=("told",)), "call_off follows from withdraw, whose mails tell of it"),
    (spec(reports={"nothing": "give_up"}), same, "reports follows nothing, which is no action"),
    (spec(reports={"give_up": "withdraw"}), same, "reports names withdraw, which is no action of"),
    (spec(reports={"suits": "give_up"}), same, "suits reports give_up, which open ones follow"),
    (spec(limit_open=40, limit=50), same, "limit_open is 40; at most 25 fit into one transaction"),
    (
        lambda d: replace(d, merging=Merging("withdraw", "enrol", "name")),
        same,
        "withdraw joins cases in placed, where one can be open",
    ),
    (spec(limit_open=10), same, "limit_open is 10, of 9 in all"),
)


@pytest.mark.parametrize(
    ("outer", "inner", "fault"), OF_BOTH, ids=lambda x: x if isinstance(x, str) else ""
)
def test_fault_between_both_is_found(
    definition: Definition, talk: Definition, outer: Change, inner: Change, fault: str
) -> None:
    check_within(definition, {"talk": (talk,)})
    with pytest.raises(WrongDefinition) as found:
        check_within(outer(definition), {"talk": (inner(talk),)})
    assert fault in str(found.value)


def test_subprocess_without_a_folder_and_folder_without_a_subprocess_are_found(
    definition: Definition, talk: Definition
) -> None:
    with pytest.raises(WrongDefinition, match="subprocess talk has no folder"):
        check_within(definition, {})
    with pytest.raises(WrongDefinition, match="subprocess other is not declared"):
        check_within(definition, {"talk": (talk,), "other": (talk,)})
    with pytest.raises(WrongDefinition, match=r"call it themeday\.talk"):
        check_within(definition, {"talk": (replace(talk, name="themeday.walk"),)})


IN_ITSELF: tuple[tuple[Change, str], ...] = (
    (rows(assigns=("contact",)), "assigns is for cases, whose people a subcase has"),
    (rows("suits", add=(Transition("suits", "proposed", "off", erases=True),)), "erases is for"),
    (lambda d: replace(d, forms=(replace(d.forms[0], public=True),)), "begins within a case"),
    (lambda d: replace(d, subprocesses=(Subprocess("x", (), (), ()),)), "has no subprocesses"),
    (
        lambda d: replace(d, timers=(LastingTimer("t", ("agreed",), d.states[0].timers[0].after,
                                                  mail="told", lasts=("held",)),)),
        "timer t runs in held, where a subcase is over",
    ),
    (rows(add=(Transition("missed", "held", "agreed"),)), "end held has a way out"),
    (lambda d: replace(d, states=(*d.states, State("lost", CLOCK))), "lost is never reached"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fault"), IN_ITSELF, ids=lambda x: x if isinstance(x, str) else ""
)
def test_fault_in_a_subprocess_is_found(talk: Definition, change: Change, fault: str) -> None:
    check(talk, lists.known())
    with pytest.raises(WrongDefinition) as found:
        check(change(talk), lists.known())
    assert fault in str(found.value)


def test_actions_by_link_of_a_case_are_those_that_are_reported(definition: Definition) -> None:
    named = {a.name for a in definition.actions if a.role == LINK}
    assert named == {"call", *definition.subprocesses[0].reports.values()}

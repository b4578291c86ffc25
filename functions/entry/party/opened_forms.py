"""The forms of what can be done through a link, ready to be drawn."""

from collections.abc import Mapping, Sequence

from functions.kernel.computation import preview
from functions.kernel.errors import Problem
from functions.kernel.readers import linked_readers, readers
from functions.kernel.summary import HistoryPart
from functions.render.case.act_forms import ActForm, InitialValues, act_forms
from functions.render.case.people import picked_before, reading
from functions.render.text.words import Words
from functions.services.access.links import Opened
from functions.services.access.people import own_facts
from functions.services.container import Services


def opened_forms(
    services: Services,
    words: Words,
    opened: Opened,
    history: HistoryPart,
    typed: Mapping[str, str] | None,
    problems: Sequence[Problem],
) -> list[ActForm]:
    """The forms of what can be done through a link, with what was typed and what is wrong."""
    case, now = opened.case, services.clock.now()
    filled = InitialValues(
        case.form,
        {**case.answers, **_judged_by(opened)},
        own_facts(services, opened.definition, opened.party),
        typed,
        problems,
        preview={a.name: preview(a, case, now) for a in opened.actions},
        task=opened.purpose == "task" and bool(opened.actions),
        drawn=str(case.revision),
        before=picked_before(words, history.summary),
        language=case.language,
        readers=_readers(words, opened),
    )
    return act_forms(words, opened.actions, filled)


def _readers(words: Words, opened: Opened) -> dict[str, str]:
    """By action and field, who reads what is written there, and in which language."""
    found: dict[str, str] = {}
    for action in opened.actions:
        linked = linked_readers(opened.definition, opened.case, action, opened.linked_cases)
        own = readers(opened.definition, opened.case, opened.party, action)
        for name, people in own.items():
            found[f"{action.name}.{name}"] = reading(words, people, linked.get(name, ()))
    return found


def _judged_by(opened: Opened) -> dict[str, str]:
    """What the lists to choose from are judged by beside the case's answers."""
    rankings = (f.ranked for action in opened.actions for f in action.fields if f.ranked)
    return {k: v for ranking in rankings for k, v in ranking.derived(opened.case).items()}

"""What a page says to who may not act in a case, because they hold another role in it."""

from dataclasses import replace

from functions.kernel.apart import may_act
from functions.kernel.case import Party
from functions.render.text.words import Words
from functions.services.access.links import Opened


def apart_words(words: Words, opened: Opened) -> tuple[str, ...]:
    """What is said to who may not act because of another role of theirs: why, and who can."""
    definition, case, party = opened.definition, opened.case, opened.party
    kept = opened.kept_by
    if not kept or not party.present or definition.is_over(case.state):
        return ()

    def may(holder: Party) -> bool:
        return may_act(definition, case, holder, opened.linked_cases)

    own, role = kept
    keeping = replace(words, definition=own).role(role)
    others = [p.name for p in case.holders(party.role) if may(p)]
    after = definition.owner
    helping = [p.name for p in case.holders(after) if may(p)]
    key = "others" if others else "hand_over" if party.role == after else "ask"
    who = words.page(
        f"apart.{key}" if others or helping or key == "hand_over" else "apart.nobody",
        names=", ".join(others or helping),
    )
    return words.page("apart.title"), words.page("apart.lead", role=keeping), who

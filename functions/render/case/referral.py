"""The button that leads from a case to a public form of another process, filled with answers of the
case."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.kernel.case import Case, Party
from functions.kernel.visibility import visible
from functions.processes import current
from functions.render.form.widgets import inputs_from
from functions.render.text.words import Words


@dataclass(frozen=True, slots=True)
class ReferralForm:
    """A button that opens a public form at its first step, filled with ``typed``.

    It is a POST to the form's own route, so that nothing typed stands in an address, and it
    needs no script. The form opens a case only when it is sent; by the ``key`` that it takes along
    this case learns of that.
    """

    title: str
    lead: str
    button: str
    path: str
    section: str
    typed: Mapping[str, str]
    key: str = ""


def referral_form(words: Words, case: Case, party: Party) -> ReferralForm | None:
    """The form that ``party`` can go on to now, or None; only what they see is carried over."""
    way = words.definition.referral_for(case, party.role) if party.present else None
    if way is None:
        return None
    form = current(way.process).form(way.form)
    seen, fields = visible(words.definition, case, party.role), words.definition.fields()
    typed = {
        name: text
        for here, there in way.fields.items()
        if here in seen
        for name, text in inputs_from(fields[here], seen[here], case.language, there).items()
    }
    title, lead, button = (
        words.text(f"referral.{way.choice[1]}.{part}") for part in ("title", "lead", "button")
    )
    path = f"/api/forms/{way.process}/{way.form}"
    return ReferralForm(title, lead, button, path, form.sections[0].name, typed)

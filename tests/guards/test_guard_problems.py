"""What is wrong stands in the form that was sent, which is open and has what was typed."""

from collections.abc import Iterator

import pytest

from functions.entry.party import app as party
from functions.kernel.definition import Definition
from functions.kernel.form_origin import DRAWN
from functions.processes import NAMES, current
from functions.render.case.act_forms import FORM
from tests.abuse.every import Place, places
from tests.faults.pages import Element, Form, Page
from tests.guards.pages import page_faults

WRITTEN = ("text", "textarea")
KEEP = "Kept as typed here"


def forms_of(page: Page) -> dict[str, Element]:
    """The forms of acts on a page, by the name that they send."""
    sent = [(f.find("input", name=FORM), f) for f in page.root.find("form")]
    return {marks[0].attributes["value"]: form for marks, form in sent if marks}


def links(definition: Definition) -> Iterator[tuple[Place, str]]:
    seen = set[tuple[str, ...]]()
    for at in places(definition):
        for each in (p for p in at.case.parties if p.present):
            for purpose in at.purposes(each):
                key = (at.case.form, at.case.state, each.role, purpose)
                if key not in seen:
                    seen.add(key)
                    yield at, at.link(each, purpose)


def misplaced(page: Page, name: str) -> list[str]:
    """What is wrong with a page that answers the form of this name, sent without a choice."""
    forms, found = forms_of(page), page_faults(page.html, "en")
    if name not in forms:
        return [*found, "the form is gone"]
    for other, form in forms.items():
        errors = [e for e in form.walk() if e.attributes.get("id", "").startswith("e-")]
        if bool(errors) != (other == name):
            found.append(f"an error at {other}")
    targets = [a.attributes["href"][1:] for a in page.root.find("a") if _of_summary(page, a)]
    inside = {e.attributes.get("id") for e in forms[name].walk()}
    found += [f"the summary leads out of the form: {t}" for t in targets if t not in inside]
    found += ["no line of the summary leads there"] * (not targets)
    folded = [
        d
        for d in page.root.find("details")
        if forms[name] in [*d.walk()] and "open" not in d.attributes
    ]
    return found + ["the form is folded"] * bool(folded)


def _of_summary(page: Page, link: Element) -> bool:
    return any(link in [*s.walk()] for s in page.root.find("div", id="errors"))


def kept_boxes(definition: Definition, at: Place, form: Form) -> list[str]:
    """The boxes for text that can be written in without deciding by it: where the form has an
    action of its own, a text that it needs is left out."""
    boxes = [c.name for c in form.controls if c.kind in WRITTEN and "-" not in c.name]
    own = next((c.value for c in form.controls if (c.name, c.kind) == ("action", "hidden")), "")
    asked = definition.asked(definition.action(own), at.case.form) if own else ()
    needed = {f.name for f in asked if f.required}
    return [box for box in boxes if box not in needed]


@pytest.mark.parametrize("name", NAMES)
def test_error_stands_in_the_form_that_was_sent(name: str) -> None:
    wrong, tried = list[str](), 0
    for at, path in links(current(name)):
        client = party.create_app(at.world.services).test_client()
        page = Page(200, client.get(path, query_string={"lang": "en"}).get_data(as_text=True))
        for form in (f for f in page.forms if "action" in f.names()):
            sends = form.sends()
            where = f"{sends[FORM]} in {at.case.state}"
            assert sends[DRAWN] == str(at.case.revision)
            boxes = kept_boxes(current(name), at, form)
            typed = {**sends, **dict.fromkeys(boxes, KEEP), "_lang": "en"}
            got = client.post(path, data=typed)
            after = Page(got.status_code, got.get_data(as_text=True))
            assert got.status_code == 422, where
            wrong += [f"{where}: {w}" for w in misplaced(after, sends[FORM])]
            kept = next(f for f in after.forms if f.sends().get(FORM) == sends[FORM]).sends()
            wrong += [f"{where}: {b} is lost" for b in boxes if kept.get(b) != KEEP]
            tried += 1
    assert wrong == []
    assert tried > 4

"""Every surface of every registered process: drawn in each language, showing what it may."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.case import Party
from functions.kernel.consequences import Referral
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.kernel.visibility import PARTY
from functions.processes import NAMES, current, versions, within
from functions.render.page.pages import Filling, review_page, step_page
from functions.render.text import texts
from functions.render.text.words import Words
from infra.missing_texts import missing_texts
from infra.site.diagram import diagram
from infra.site.export import definition_json
from infra.site.matrix import matrix
from tests.fakes import Folder, World
from tests.guards.pages import page_faults
from tests.paths import Walk, answers, walks

DEFINITIONS = [d for name in NAMES for d in versions(name)]
EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
IN = pytest.mark.parametrize("language", LANGUAGES)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as one party gets it."""

    walk: Walk
    party: Party
    purpose: str
    html: str

    @property
    def state(self) -> str:
        return self.walk.case.state


def shown(definition: Definition, language: str, *, every: bool) -> Iterator[Shown]:
    """The page of each party at the end of each walk; or one walk for each state only."""
    world = World()
    client = create_app(world.services).test_client()
    seen = set()
    for walk in walks(definition, world.directory):
        case = walk.case
        if case.state in seen and not every:
            continue
        seen.add(case.state)
        world.clock.time = walk.decisions[-1].event.at
        world.cases.folders[case.id] = Folder.of(case, walk.told())
        for party in case.parties:
            turn = definition.turn(case)
            for purpose in ("task", "status") if party.role == turn else ("status",):
                token = world.token_of(case.id, party, purpose)
                got = client.get(f"/api/t/{token}?lang={language}")
                assert got.status_code == 200, (walk.taken, party.role, got.text)
                yield Shown(walk, party, purpose, unescape(got.text))


@EACH
def test_texts_none_missing(definition: Definition) -> None:
    assert missing_texts(definition) == []


@EACH
def test_texts_missing_one_is_found(definition: Definition) -> None:
    form = definition.forms[0]
    section = replace(form.sections[0], fields=(*form.sections[0].fields, Field("shoe_size")))
    forms = (replace(form, sections=(section, *form.sections[1:])), *definition.forms[1:])
    assert missing_texts(replace(definition, forms=forms)) == [
        f"{language}: fields.shoe_size.label" for language in LANGUAGES
    ]


@EACH
@IN
def test_pages_of_every_role_and_state(definition: Definition, language: str) -> None:
    pages = list(shown(definition, language, every=False))
    known = {s.state for s in pages}
    nobody = {t.target for t in definition.transitions if t.erases}
    assert known | nobody == {s.name for s in definition.states}
    assert [(s.state, s.party.role, f) for s in pages for f in page_faults(s.html, language)] == []


def forms_drawn(definition: Definition, language: str) -> Iterator[str]:
    """Each step of each form: empty, filled, and with a problem in every field; the review."""
    directory = World().directory
    for form in (f for f in definition.forms if f.public):
        typed = {k: str(v) for k, v in answers(form.fields, directory, "0").items()}
        for filled in ({}, typed):
            filling = Filling(definition, form, language, filled, directory, "key")
            for section in form.sections:
                yield step_page(filling, section)
                yield step_page(
                    filling, section, [Problem(f.name, "empty") for f in section.fields]
                )
        filling = Filling(definition, form, language, typed, directory, "key")
        yield review_page(filling, answers(form.fields, directory, "0"))


@EACH
@IN
def test_forms_of_every_step(definition: Definition, language: str) -> None:
    pages = list(forms_drawn(definition, language))
    assert len(pages) == sum(4 * len(f.sections) + 1 for f in definition.forms if f.public)
    assert [f for page in pages for f in page_faults(page, language)] == []


@EACH
@IN
def test_forms_ask_every_field(definition: Definition, language: str) -> None:
    drawn = " ".join(forms_drawn(definition, language))
    for form in (form for form in definition.forms if form.public):
        words = Words(definition, language, World().directory, form.name)
        for field in form.fields:
            name = f"{field.name}-1-name" if field.kind == "people" else field.name
            name = f"{field.name}.{field.choices[0]}" if field.ticked else name
            assert f'name="{name}"' in drawn
            assert words.question(field) in unescape(drawn)


@EACH
@IN
def test_every_problem_has_words(definition: Definition, language: str) -> None:
    words = Words(definition, language, World().directory)
    codes = "empty untick unchosen unknown characters long short email phone number low high date"
    checks = [c.name for x in (*definition.forms, *definition.actions) for c in x.checks]
    general = [
        "trap",
        "too_fast",
        "since_erased",
        "too_many",
        "too_many_from_source",
        "unavailable",
    ]
    told = [words.problem(Problem("x", code, 7)) for code in (*codes.split(), *checks, *general)]
    assert all(told)
    assert not any(re.search(r"[{}]", message) for message in told)
    with pytest.raises(texts.MissingText):
        words.problem(Problem("x", "nonsense"))


@EACH
@IN
def test_diagram_and_matrix_are_drawn(definition: Definition, language: str) -> None:
    words = Words(definition, language, World().directory)
    ways = (diagram(definition, language, form.name) for form in definition.forms)
    drawn, table = unescape("".join(ways)), unescape(matrix(definition, language))
    for state in definition.states:
        assert words.text(f"states.{state.name}.name") in drawn
    for field in definition.fields().values():
        assert words.label(field) in table


@pytest.mark.parametrize("name", NAMES)
def test_export_is_whole(name: str) -> None:
    exported = json.loads(definition_json(name))
    definition = current(name)
    assert (exported["name"], exported["version"]) == (name, definition.version)
    assert len(exported["states"]) == len(definition.states)
    assert len(exported["transitions"]) == len(definition.transitions)


def astray(definition: Definition) -> list[str]:
    """Where a way onward leads to no public form, or fills what is no field of its kind."""
    wrong = []
    for way in definition.referrals:
        form = next((f for f in current(way.process).forms if f.name == way.form), None)
        if form is None or not form.public:
            wrong.append(f"no public form {way.process}/{way.form}")
            continue
        kinds = {f.name: f.kind for f in form.fields}
        own = {name: f.kind for name, f in definition.fields().items()}
        wrong += [
            f"{here} does not fill {way.form}.{there}"
            for here, there in way.fields.items()
            if kinds.get(there) != own[here]
        ]
    return wrong


@EACH
def test_ways_onward_lead_to_forms(definition: Definition) -> None:
    assert astray(definition) == []


def test_ways_that_lead_astray_are_found() -> None:
    lost = Referral("active", "applicant", ("mode", "online"), "supervision", "merged", {})
    wrong = replace(lost, form="group", fields={"applicant_name": "manager_email"})
    assert astray(replace(current("supervision"), referrals=(lost, wrong))) == [
        "no public form supervision/merged",
        "applicant_name does not fill group.manager_email",
    ]


def test_one_process_joins_cases() -> None:
    """A desk has one page on which cases are picked to be joined."""
    assert [name for name in NAMES if current(name).merging] == ["supervision"]


Cells = Mapping[tuple[str, str], frozenset[str]]


def cells(definition: Definition, language: str) -> Cells:
    """The published matrix read back: in which states a role sees a field or a party's name."""
    states = {
        texts.process_text(definition.name, language, f"states.{s.name}.name"): s.name
        for s in definition.states
    }
    first, *others = definition.forms
    asked = [*first.fields, *(f for a in definition.actions for f in a.all_fields)]
    asked += [f for form in others for f in form.fields]
    things = list(dict.fromkeys(f.name for f in asked))
    things += [PARTY + r.name for r in definition.roles]
    table = matrix(definition, language)
    rows = re.findall(r'<tr[^>]*><th scope="row".*?</tr>', table)
    inner = within(definition.name)  # whose rows stand last
    assert len(rows) == len(things) + sum(1 + len(each.fields()) for each in inner)
    found = {}
    for thing, row in zip(things, rows[: len(things)], strict=True):
        drawn = re.findall(r"<td[^>]*>(.*?)</td>", row)
        for role, cell in zip(definition.roles, drawn, strict=True):
            when = unescape(re.sub(r"<span.*?</span>", "", cell)).strip()
            named = {name for words, name in states.items() if words in when}
            everywhere = set(states.values()) if "●" in cell and not when else set()
            found[thing, role.name] = frozenset(named | everywhere)
    return found


def written(definition: Definition) -> list[str]:
    """The fields whose answers are canaries: what is written, not chosen."""
    kinds = ("text", "longtext", "email")
    return [f.name for f in definition.fields().values() if f.kind in kinds]


def unlike(definition: Definition, page: Shown, told: Cells) -> list[str]:
    """Where a page shows more or less than the matrix says."""
    case, role = page.walk.case, page.party.role
    others = page.html.replace(page.party.name, "")  # everybody reads their own name
    found = []
    for name in written(definition):
        canary = f"canary-{name.replace('_', '-')}-"
        named = {PARTY + r.name for r in definition.roles if r.fields and r.fields[0] == name}
        ways = [told[name, role], *(told[thing, role] for thing in named)]
        allowed = page.party.present and any(page.state in way for way in ways)
        if canary in others and not allowed:
            found.append(f"{role} sees {name} in {page.state}")
        if allowed and name in case.answers and str(case.answers[name]) not in page.html:
            found.append(f"{role} does not see {name} in {page.state}")
    return found


def unnamed(definition: Definition, page: Shown, told: Cells) -> list[str]:
    """Where a page names others, of the directory, than the matrix says; oneself is no other."""
    case, reader = page.walk.case, page.party
    offered = {
        f.source for a in definition.actions if a.role == reader.role for f in a.fields if f.source
    }
    found = []
    for other in (p for p in case.parties if p.id != reader.id):
        role = definition.role(other.role)
        if not role.source or role.source in offered:
            continue
        shown_to = told[PARTY + other.role, reader.role]
        always = len(shown_to) == len(definition.states)
        allowed = reader.present and page.state in shown_to and (other.present or always)
        acts = [d.event for d in page.walk.decisions if d.event.party == other.id]
        here = reader.present and other.present
        allowed = allowed or (here and any(s.target in shown_to for s in acts))
        asked = not reader.present and other.present and other.role == definition.owner
        allowed = allowed or (asked and page.state in shown_to)  # whom who has left can ask
        namesakes = [p for p in case.parties if p.name == other.name and p.id != other.id]
        if other.name in page.html and not allowed and not namesakes:
            found.append(f"{reader.role} reads the name of {other.role} in {page.state}")
        if other.name not in page.html and allowed and other.present:
            found.append(f"{reader.role} does not read the name of {other.role} in {page.state}")
    return found


@EACH
def test_matrix_says_what_pages_show(definition: Definition) -> None:
    told = cells(definition, "fi")
    pages = list(shown(definition, "fi", every=True))
    assert len(pages) > 2 * len(definition.transitions)
    assert [f for page in pages for f in unlike(definition, page, told)] == []
    assert [f for page in pages for f in unnamed(definition, page, told)] == []
    held = {(p.state, p.party.role) for p in pages if p.party.present}
    shows = {
        (name, p.party.role, p.state)
        for p in pages
        for name in written(definition)
        if f"canary-{name.replace('_', '-')}-" in p.html
    }
    assert len(held) >= len(definition.roles)
    assert len(shows) > len(written(definition))


@EACH
@IN
def test_matrix_agrees_with_the_definition(definition: Definition, language: str) -> None:
    everywhere = frozenset(s.name for s in definition.states)
    expected = {
        (thing, role.name): everywhere
        if sight.get(role.name) == ALWAYS
        else frozenset(sight.get(role.name, ()))
        for thing, sight in definition.visibility.items()
        for role in definition.roles
    }
    assert cells(definition, language) == expected


def test_matrix_that_lies_is_found() -> None:
    definition = current("supervision")
    told = dict(cells(definition, "fi"))
    told["decline_reason", "coordinator"] = frozenset()
    told["offer_message", "applicant"] = frozenset({"offered"})
    told["party.coordinator", "manager"] = frozenset()
    pages = list(shown(definition, "fi", every=True))
    found = {f for page in pages for f in unlike(definition, page, told)}
    assert found == {
        "coordinator sees decline_reason in coordinating",
        "applicant does not see offer_message in offered",
    }
    assert "manager reads the name of coordinator in submitted" in {
        f for page in pages for f in unnamed(definition, page, told)
    }

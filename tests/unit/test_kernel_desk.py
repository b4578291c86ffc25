"""A case and the places it has on desks, along every way that a definition allows."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.case import Case
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.desk import (
    ALL,
    GROUPS,
    MAX_WORDS,
    TODO,
    WHO,
    WORD,
    asked_words,
    confirmed,
    facets,
    fits,
    group,
    list_named,
    list_of,
    name_of,
    placements,
    words_of,
)
from functions.kernel.duties import RIGHTS
from functions.kernel.visibility import sees
from functions.lists import duty_of
from functions.processes import NAMES, current, versions
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, World
from tests.paths import walks

PEOPLE = MemoryDirectory(*DIRECTORY)
DEFINITIONS = [d for name in NAMES for d in versions(name)]
EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
SUPERVISION = current("supervision")


def at(*actions: str) -> Case:
    """The supervision case that exactly these actions led to."""
    taken = (w for w in walks(SUPERVISION, PEOPLE) if w.taken[1:] == actions)
    return next(taken).case


@EACH
def test_slots_of_every_walk(definition: Definition) -> None:
    for walk in walks(definition, PEOPLE):
        case = walk.case
        found = placements(definition, case)
        present = [p for p in case.parties if p.present]
        if not confirmed(definition, case):
            assert found == ()
            continue
        others = [p for p in present if not definition.role(p.role).source]
        assert [s.party for s in found if s.sort_key.startswith(WHO)] == others
        prefixes = (TODO, *(list_of(definition.name, p.role, g) for p in present for g in GROUPS))
        standing = [s.party for s in found if s.sort_key.startswith(prefixes)]
        assert standing == present  # each party's case stands in one list
        mine = [s.party.role for s in found if s.sort_key.startswith(TODO)]
        turn = definition.turn(case)
        assert mine == [p.role for p in present if p.role == turn and p.id not in case.votes]
        searched = {s.party.role for s in found if s.sort_key.startswith(ALL)}
        duties = {p.role: duty_of(definition.role(p.role)) for p in present}
        assert searched == {r for r, duty in duties.items() if duty in RIGHTS["search"]["look"]}
        places = [(s.party.email, s.sort_key) for s in found]
        assert len(set(places)) == len(places)
        assert all(s.sort_key.isprintable() for s in found)


@EACH
def test_slots_of_the_forgotten_are_none(definition: Definition) -> None:
    forgotten = [w.case for w in walks(definition, PEOPLE) if w.decisions[-1].erases]
    assert [s for case in forgotten for s in placements(definition, case)] == []


@EACH
def test_desk_data_of_a_definition_names_fields(definition: Definition) -> None:
    fields = definition.fields()
    assert definition.headline in fields
    assert all(fields[name].kind == "choice" for name in definition.facets)


@pytest.mark.parametrize(
    ("actions", "role", "expected"),
    [
        (("confirm",), "manager", "todo"),
        (("confirm",), "applicant", "waiting"),
        (("confirm", "return"), "manager", "returned"),
        (("confirm", "return"), "applicant", "todo"),
        (("confirm", "reject"), "coordinator", "returned"),
        (("confirm", "endorse"), "manager", "waiting"),
        (("confirm", "endorse", "offer"), "supervisor", "todo"),
        (("confirm", "endorse", "offer", "accept"), "supervisor", "todo"),
        (("confirm", "endorse", "offer", "accept"), "manager", "waiting"),
        (("confirm", "endorse", "offer", "accept", "begin"), "manager", "running"),
        (("confirm", "endorse", "offer", "accept", "begin", "close"), "manager", "closed"),
        (("confirm", "withdraw"), "applicant", "closed"),
    ],
)
def test_group_of_a_role(actions: tuple[str, ...], role: str, expected: str) -> None:
    assert group(SUPERVISION, at(*actions), role) == expected


def test_mine_urgent_first_then_oldest() -> None:
    calm = at("confirm")
    crisis = replace(
        calm,
        answers={**calm.answers, "form_of_supervision": "crisis"},
        entered_at=calm.entered_at + timedelta(days=9),
    )
    later = replace(calm, entered_at=calm.entered_at + timedelta(microseconds=1))
    places = [_first(case, TODO) for case in (crisis, calm, later)]
    assert places == sorted(places)


def test_ended_newest_first() -> None:
    early = at("confirm", "withdraw")
    late = replace(early, entered_at=early.entered_at + timedelta(seconds=1))
    prefix = list_of("supervision", "manager", "closed")
    assert _first(late, prefix) < _first(early, prefix)


def test_person_who_left_has_no_place() -> None:
    case = at("confirm", "endorse", "offer", "decline")
    assert "supervisor" not in {s.party.role for s in placements(SUPERVISION, case)}


def test_marks_are_the_coordinators_only() -> None:
    case = at("confirm", "endorse")
    found = placements(SUPERVISION, case)
    assert {s.party.role for s in found if s.tags[1:]} == {"coordinator"}
    marks = next(s.tags for s in found if s.tags[1:])
    assert marks[: len(facets(SUPERVISION, case, "coordinator"))] == facets(
        SUPERVISION, case, "coordinator"
    )
    assert "state=supervision.coordinating" in marks
    assert len([m for m in marks if m.startswith(WORD)]) <= MAX_WORDS


def test_facets_without_an_answer_are_left_out() -> None:
    case = at("confirm")
    bare = replace(case, answers={k: v for k, v in case.answers.items() if k != "unit"})
    assert not [m for m in facets(SUPERVISION, bare, "coordinator") if m.startswith("unit=")]
    assert [m for m in facets(SUPERVISION, case, "coordinator") if m.startswith("unit=")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Äitiysneuvola, 2. tiimi", ("aitiysneuvola", "2", "tiimi")),
        ("A\u030ake Öhman-Ångström", ("ake", "ohman", "angstrom")),
        ("STRASSE straße", ("strasse",)),
        ("_under_score_", ("under", "score")),
        ("  #?&\n", ()),
        ("x" * 99, ("x" * 24,)),
        ("Đặng Ŋuyen Øst-Łódź Hallı Æ", ("dang", "nuyen", "ost", "lodz", "halli", "ae")),
        ("K-7FQ2MX", ("7fq2mx",)),
        ("asia k-7fq2mx, <Aino.Å@E.ORG>", ("asia", "7fq2mx", "aino", "a", "e", "org")),
        ("2026-101", ("2026", "101")),
    ],
)
def test_words_of(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_fits_marks_and_word_beginnings() -> None:
    marks = ("state=a.b", "unit=n", f"{WORD}aino", f"{WORD}akero")
    assert fits(marks, (), ())
    assert fits(marks, ("unit=n",), ("ake", "aino"))
    assert not fits(marks, ("unit=s",), ())
    assert not fits(marks, (), ("kero",))


@pytest.mark.parametrize("name", ["todo", "supervision.manager.waiting", "quote.contact.running"])
def test_list_names_both_ways(name: str) -> None:
    prefix = list_named(name)
    assert prefix is not None
    assert name_of(prefix) == name


@pytest.mark.parametrize(
    "name", ["", "all", "manager", "manager.", "manager.waiting", "a#b.waiting", "x.todo", "who"]
)
def test_list_of_another_name_is_none(name: str) -> None:
    assert list_named(name) is None


def test_unseen_names_are_no_words() -> None:
    """The coordinator finds by what they see: a name they may not see finds nothing."""
    world = World()
    case = world.case(world.case_at("confirm"))
    hidden = replace(
        SUPERVISION,
        visibility={
            **SUPERVISION.visibility,
            "party.manager": {"manager": ALWAYS},
            "title": {},
            "manager_email": {},
        },
    )
    marks = next(s.tags for s in placements(hidden, case) if s.tags[1:])
    assert WORD + "matti" not in marks
    assert WORD + "manager" not in marks
    assert WORD + "matti" in next(s.tags for s in placements(SUPERVISION, case) if s.tags[1:])


@pytest.mark.parametrize(
    "asked",
    ["K-{reference}", "{reference}", "k-{lower}", "aino@example.net", "Matti@Example.org", "north",
     "applicant aino"],
)  # fmt: skip
def test_case_is_found_by_what_people_quote(asked: str) -> None:
    world = World()
    case = world.case(world.case_at("confirm"))
    code = case.id[:6].upper()
    wanted = words_of(asked.format(reference=code, lower=code.lower()))
    marks = next(s.tags for s in placements(SUPERVISION, case) if s.tags[1:])
    assert wanted
    assert fits(marks, (), wanted)
    assert not fits(marks, (), (*wanted, "nowhere"))


def test_invoice_is_found_by_its_number() -> None:
    quote = current("quote")
    walk = next(w for w in walks(quote, PEOPLE) if w.case.answers.get("invoice_number"))
    number = str(walk.case.answers["invoice_number"])
    found = {s.party.role: s.tags for s in placements(quote, walk.case) if s.tags[1:]}
    assert fits(found["finance"], (), words_of(number))
    assert not fits(found["coordinator"], (), words_of(number)), "who may not see it"


@pytest.mark.parametrize("spaced", [True, False])
def test_payment_is_found_by_its_reference_and_its_payer(spaced: bool) -> None:
    """As the bank shows them: the reference in groups of five, the name of the organisation."""
    quote = current("quote")
    walk = next(
        w
        for w in walks(quote, PEOPLE)
        if w.case.answers.get("reference") and w.case.answers.get("organisation")
    )
    case = replace(
        walk.case,
        answers={
            **walk.case.answers,
            "invoice_number": "INV 20260/07",
            "reference": "491373463349",
        },
    )
    marks = next(
        s.tags for s in placements(quote, case) if s.tags[1:] and s.party.role == "finance"
    )
    number = str(case.answers["reference"])
    shown = " ".join(number[at : at + 5] for at in range(0, len(number), 5)) if spaced else number
    assert fits(marks, (), asked_words(shown))
    assert fits(marks, (), asked_words(str(case.answers["organisation"])))
    assert fits(marks, (), asked_words("INV20260"))
    assert not fits(marks, (), asked_words(shown + "1"))


NUMBERS = ["2026-2027", "12-3", "2026-001", "INV 2026-001", "4500-123", "12 34", "1.2/3", "No 7-1"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["cost_centre", "invoice_number", "title"])
def test_number_in_groups_is_found_as_it_is_written(field: str, number: str) -> None:
    """Copied from its row; its first group and its digits without signs find it, too."""
    name, role = ("supervision", "coordinator") if field == "title" else ("quote", "finance")
    definition = current(name)
    marks = next(
        s.tags
        for w in walks(definition, PEOPLE)
        if sees(definition, field, role, w.case.state)
        for s in placements(definition, _answering(w.case, field, number))
        if s.party.role == role and s.tags[1:]
    )
    digits = re.sub("[A-Za-z]+ ", "", number)
    parts = re.split(r"\D", digits)
    for asked in (number, digits, parts[0], "".join(parts)):
        assert fits(marks, (), asked_words(asked)), asked
    assert not fits(marks, (), asked_words(digits + "9"))


def _answering(case: Case, field: str, value: str) -> Case:
    """With this answer alone, as a case has no more than MAX_WORDS words."""
    return replace(case, answers={field: value})


def _first(case: Case, prefix: str) -> str:
    return next(s.sort_key for s in placements(SUPERVISION, case) if s.sort_key.startswith(prefix))

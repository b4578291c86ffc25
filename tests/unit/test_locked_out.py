"""Nobody keeps the owner of a mailbox from sending forms: the refusal has a way for them alone."""

import json
import re
from email.message import EmailMessage

import pytest

from functions.entry.bounces import app as bounces
from functions.entry.public import app as public
from functions.kernel import LANGUAGES
from functions.kernel.errors import Invalid, Problem, TooMany
from functions.kernel.fields import TRAP
from functions.render.text.texts import page_text
from functions.services.access.quotas import code_of, is_code
from functions.services.case import apply
from functions.services.case.apply import CODE
from tests.fakes import APPLICATION, World

ME = "aino@example.net"
CODED = re.compile(r"\b[A-Z2-7]{6}-[A-Z2-7]{6}\b")


@pytest.fixture
def world() -> World:
    return World()


def strangers(world: World, email: str = ME) -> list[str]:
    """All places of an address are taken by forms that somebody else sent; the codes of its mails."""
    for _ in range(3):
        apply.send(world.services, world.draft(applicant_email=email))
    with pytest.raises(TooMany):
        apply.send(world.services, world.draft(applicant_email=email))
    mails = world.deliver_all()
    assert len(mails) == 3
    texts = [str(m.get_body((kind,)).get_content()) for m in mails for kind in ("plain", "html")]  # type: ignore[union-attr]
    assert all(CODED.findall(text) for text in texts)
    return [found for text in texts for found in CODED.findall(text)]


def test_owner_sends_by_the_code_that_was_mailed(world: World) -> None:
    (code,) = {*strangers(world)}
    for spelt in (code, code.lower(), f" {code.replace('-', ' ')} ", code.replace("-", "")):
        assert is_code(world.services, ME, spelt)
    case_id = apply.send(world.services, world.draft(applicant_email=ME), code=code)
    world.do(case_id, "confirm")
    assert world.case(case_id).state == "submitted"


def test_disowning_all_of_them_leaves_the_way_open(world: World) -> None:
    codes = strangers(world)
    for case_id in [*world.cases.folders]:
        world.do(case_id, "disown")
    with pytest.raises(TooMany):
        apply.send(world.services, world.draft(applicant_email=ME))
    apply.send(world.services, world.draft(applicant_email=ME), code=codes[0])


def test_code_of_another_mailbox_or_day_is_none(world: World) -> None:
    code = strangers(world)[0]
    assert not is_code(world.services, "eeva@example.net", code)
    for wrong in ("", "-", "AAAAAA-AAAAAA", code[:-1], code + "A", "é" * 12):
        assert not is_code(world.services, ME, wrong)
        if wrong:
            with pytest.raises(Invalid) as refused:
                apply.send(world.services, world.draft(applicant_email=ME), code=wrong)
            assert refused.value.problems == (Problem(CODE, "code"),)
    world.clock.forward(days=2)
    assert is_code(world.services, ME, code)
    world.clock.forward(days=1, hours=2)
    assert not is_code(world.services, ME, code)


def test_code_outlives_what_keeps_its_owner_out(world: World) -> None:
    """Mailed a moment before midnight in Finland, it works for as long as places are taken."""
    world.clock.time = world.clock.time.replace(hour=20, minute=59)
    code = strangers(world)[0]
    world.clock.forward(hours=24, minutes=-1)
    assert is_code(world.services, ME, code)


def test_mailbox_is_not_flooded_by_codes(world: World) -> None:
    """Strangers have three mails a day to it, three to its other spellings, and the owner three
    more, whatever is tried."""
    strangers(world)
    code = strangers(world, "aino+x@example.net")[0]
    for n in range(3):
        apply.send(world.services, world.draft(applicant_email=f"aino+{n}@example.net"), code=code)
    for n in range(5):
        for given in (code, ""):
            draft = world.draft(applicant_email=f"Aino+{n}@example.net")
            with pytest.raises(TooMany):
                apply.send(world.services, draft, code=given)
    assert len(world.deliver_all()) == 3
    world.clock.forward(hours=24, minutes=1)
    apply.send(world.services, world.draft(applicant_email=ME))


def test_stranger_takes_none_of_the_owners_places(world: World) -> None:
    code = strangers(world)[0]
    for n in range(20):
        guess = code_of(world.services, f"other{n}@example.net", world.services.today())
        with pytest.raises(Invalid):
            apply.send(world.services, world.draft(applicant_email=ME), code=guess)
    apply.send(world.services, world.draft(applicant_email=ME), code=code)


def test_mails_of_confirmed_cases_bear_no_code(world: World) -> None:
    world.case_at("confirm")
    texts = [str(m.get_body(("plain",)).get_content()) for m in world.deliver_all()]  # type: ignore[union-attr]
    coded = [bool(CODED.search(text)) for text in texts]
    assert len(texts) > 1
    assert not any(coded)


@pytest.mark.parametrize("spelling", ["aino+{}@example.net", "Aino+{}@EXAMPLE.net"])
def test_other_spellings_take_no_place_of_the_address_itself(world: World, spelling: str) -> None:
    strangers(world, spelling.format("x"))
    with pytest.raises(TooMany):  # the spellings share their places
        apply.send(world.services, world.draft(applicant_email=spelling.format("y")))
    case_id = apply.send(world.services, world.draft(applicant_email=ME))
    assert [mail["To"] for mail in world.deliver_all()] == [ME]
    world.do(case_id, "confirm")
    with pytest.raises(TooMany):  # whose owner does not free those of strangers
        apply.send(world.services, world.draft(applicant_email=spelling.format("z")))


def come_back(world: World, mails: list[EmailMessage], kind: str) -> None:
    """SES says that each of these has bounced, or that its reader complains."""
    names = {
        "Bounce": ("bounce", "bouncedRecipients"),
        "Complaint": ("complaint", "complainedRecipients"),
    }
    for mail in mails:
        name, recipients = names[kind]
        told = {
            "eventType": kind,
            "mail": {"tags": {"origin": [mail["X-Kapula-Origin"]]}},
            name: {"bounceType": "Permanent", recipients: [{"emailAddress": mail["To"]}]},
        }
        record = {"Sns": {"Message": json.dumps(told)}}
        assert bounces.handle(world.services, {"Records": [record]}) == {"noted": 1}


def test_mails_that_bounced_keep_nobody_from_another(world: World) -> None:
    """Whoever has not had them has no code of theirs, either."""
    for n in range(3):
        apply.send(world.services, world.draft(applicant_email=f"aino+{n}@example.net"))
    come_back(world, world.deliver_all(), "Bounce")
    for n in range(4):  # nothing leaves for an address that refuses mail, so no place is taken
        apply.send(world.services, world.draft(applicant_email=f"aino+{n % 3}@example.net"))
        assert not world.deliver_all()
    for n in range(3):
        apply.send(world.services, world.draft(applicant_email=f"aino+work{n}@example.net"))
    assert len(world.deliver_all()) == 3
    with pytest.raises(TooMany):
        apply.send(world.services, world.draft(applicant_email="aino+3@example.net"))


def test_mails_that_arrived_keep_their_places(world: World) -> None:
    strangers(world)
    come_back(world, world.post.sent, "Complaint")
    with pytest.raises(TooMany):
        apply.send(world.services, world.draft(applicant_email=ME))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_that_refuses_says_the_way_and_takes_the_code(world: World, language: str) -> None:
    code = strangers(world)[0]
    client = public.create_app(world.services).test_client()
    key = apply.mint_key(world.services)
    world.clock.forward(seconds=5)
    typed = {
        **APPLICATION, "applicant_email": ME, "_step": "review", "_key": key, "_lang": language,
        TRAP: "",
    }  # fmt: skip
    path = "/api/forms/supervision/individual"
    for given, status in (("", 429), ("AAAAAA-AAAAAA", 422), (code, 303)):
        got = client.post(path, data={**typed, **({CODE: given} if given else {})})
        assert got.status_code == status
        if status != 303:
            assert page_text(language, "review.code") in got.text
            assert page_text(language, "review.code_hint") in got.text
            assert 'name="_code"' in got.text
            assert f'value="{APPLICATION["applicant_name"]}"' in got.text
        if status == 422:
            assert page_text(language, "problems.code") in got.text
            assert f'value="{given}"' in got.text
    world.clock.forward(days=2)
    shown = client.post(path, data={**typed, "_step": "sending"}).text
    assert 'name="_code"' not in shown

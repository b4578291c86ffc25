"""A public form over the web: step by step, nothing typed lost, sent once."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from functions.entry.party import app as party
from functions.entry.public.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryFile
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.case import apply
from functions.services.case.timers import run_due_timer
from tests.fakes import APPLICATION, World

PATH = "/api/forms/supervision/individual"
SENT = "https://kapula.test/api/forms/supervision/individual/sent?lang="


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def hidden(html: str) -> dict[str, str]:
    """What the (first) form of a page carries along unseen."""
    form = html[html.index("<form") : html.index("</form>")]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def review(world: World, client: FlaskClient, **changed: str) -> dict[str, str]:
    """Fill everything at once; what the review page would send."""
    got = client.post(PATH, data={**APPLICATION, "_lang": "fi", **changed})
    assert got.status_code == 200
    world.clock.forward(seconds=5)
    return hidden(got.text)


def test_fill_step_by_step_to_the_end(world: World, client: FlaskClient) -> None:
    steps = {
        "supervision": ("form_of_supervision", "reason_and_goals"),
        "arrangements": (),
        "people": ("applicant_name", "applicant_email", "unit", "manager_name", "manager_email"),
        "sending": ("privacy_read",),
    }
    carried: dict[str, str] = {"_lang": "sv", "_step": "supervision"}
    order = []
    for section, names in steps.items():
        assert carried["_step"] == section
        got = client.post(PATH, data={**carried, **{n: APPLICATION[n] for n in names}})
        assert (got.status_code, world.cases.folders) == (200, {})
        carried = hidden(got.text)
        order.append(carried["_step"])
    assert order == ["arrangements", "people", "sending", "review"]
    world.clock.forward(seconds=5)
    got = client.post(PATH, data=carried)
    assert (got.status_code, got.headers["Location"].partition("&")[0]) == (303, SENT + "sv")
    (folder,) = world.cases.folders.values()
    assert {k: v for k, v in folder.case.answers.items() if k in APPLICATION} == {
        **APPLICATION,
        "privacy_read": True,
    }
    assert folder.case.language == "sv"


def test_fill_same_review_sent_many_times_is_one_case(world: World, client: FlaskClient) -> None:
    data = review(world, client)
    got = [client.post(PATH, data=data) for _ in range(20)]
    assert {g.status_code for g in got} == {303}
    (address,) = {g.headers["Location"] for g in got}
    assert address.startswith(SENT + "fi&")
    assert len(world.cases.folders) == len(world.cases.outbox) == 1


def test_fill_problem_shows_the_step_again_with_all_that_was_typed(
    world: World, client: FlaskClient
) -> None:
    typed = {"_lang": "en", "_step": "people", "applicant_name": "<b>Aino</b>", "title": "kept"}
    got = client.post(PATH, data={**typed, "applicant_email": "nobody"})
    assert got.status_code == 422
    assert 'value="&lt;b&gt;Aino&lt;/b&gt;"' in got.text
    assert 'value="nobody"' in got.text
    assert hidden(got.text)["title"] == "kept"
    assert 'aria-invalid="true"' in got.text
    assert world.cases.folders == {}


def test_fill_back_asks_nothing(client: FlaskClient) -> None:
    typed = {"_step": "people", "_go": "arrangements", "applicant_email": "nobody"}
    got = client.post(PATH, data=typed)
    assert got.status_code == 200
    assert hidden(got.text)["_step"] == "arrangements"
    assert hidden(got.text)["applicant_email"] == "nobody"


def test_fill_review_with_something_wrong_leads_to_its_step(
    world: World, client: FlaskClient
) -> None:
    data = {**review(world, client), "manager_email": "matti@elsewhere.example"}
    got = client.post(PATH, data=data)
    assert (got.status_code, hidden(got.text)["_step"]) == (422, "people")
    assert world.cases.folders == {}


@pytest.mark.parametrize("key", ["", "1.0.0", "0.000.aaaaaaaaaaaaaaaaaaaaaaaa." + "0" * 64])
def test_fill_foreign_key_is_reviewed_again_under_a_key_of_ours(
    world: World, client: FlaskClient, key: str
) -> None:
    data = {**review(world, client), "_key": key}
    got = client.post(PATH, data=data)
    assert (got.status_code, hidden(got.text)["_step"], world.cases.folders) == (200, "review", {})
    world.clock.forward(seconds=5)
    assert client.post(PATH, data=hidden(got.text)).status_code == 303


def test_fill_too_fast_can_be_sent_again(world: World, client: FlaskClient) -> None:
    got = client.post(PATH, data={**APPLICATION, "_lang": "fi"})
    data = hidden(got.text)
    again = client.post(PATH, data=data)
    assert (again.status_code, world.cases.folders) == (422, {})
    assert hidden(again.text) == data
    world.clock.forward(seconds=1)
    assert client.post(PATH, data=hidden(again.text)).status_code == 303


def test_review_sent_again_after_its_case_was_erased_is_given_back_and_sent_with_one_press(
    world: World, client: FlaskClient
) -> None:
    """Whoever presses Back a week later is not told of a mail that nobody sent."""
    data = review(world, client, title="Jotakin muuta")
    assert client.post(PATH, data=data).status_code == 303
    (first,) = world.cases.folders
    world.deliver_all()
    world.clock.forward(days=10)
    while run_due_timer(world.services, first):
        pass
    assert not world.case(first).parties
    stored = world.stored()
    again = client.post(PATH, data=data)
    assert (again.status_code, world.stored()) == (409, stored)
    assert page_text("fi", "problems.since_erased") in again.text
    fresh = hidden(again.text)
    assert {**fresh, "_key": ""} == {**data, "_key": ""}
    assert fresh["_key"] != data["_key"]
    world.clock.forward(seconds=2)
    assert [client.post(PATH, data=fresh).status_code for _ in range(2)] == [303, 303]
    assert [m["To"] for m in world.deliver_all()] == [APPLICATION["applicant_email"]]
    assert len(world.cases.folders) == 2


@pytest.mark.parametrize("by", ["disown", "withdraw"])
def test_review_sent_again_is_told_the_truth_however_its_case_ended(
    world: World, client: FlaskClient, by: str
) -> None:
    data = review(world, client)
    client.post(PATH, data=data)
    (first,) = world.cases.folders
    for action in ("confirm", "withdraw") if by == "withdraw" else ("disown",):
        world.do(first, action)
    world.clock.forward(days=400 if by == "withdraw" else 0)
    while by == "withdraw" and run_due_timer(world.services, first):
        pass
    assert not world.case(first).parties
    assert client.post(PATH, data=data).status_code == 409


def test_form_that_is_changed_after_it_was_sent_is_taken_as_it_is_now(
    world: World, client: FlaskClient
) -> None:
    """Back, a mistyped address mended, sent again: the mail goes to the address as it is now."""
    data = review(world, client, applicant_email="ano@example.net")
    changed = {**data, "applicant_email": "aino@example.net"}
    for sent in (data, changed, changed):
        got = client.post(PATH, data=sent)
        assert got.status_code == 303
        told = unescape(client.get(got.headers["Location"]).text)
        assert page_text("fi", "sent.twice") in told
    mails = {m["To"] for m in world.deliver_all()}
    assert (mails, len(world.cases.folders)) == ({"ano@example.net", "aino@example.net"}, 2)


def test_form_sent_again_is_one_case_also_when_it_would_be_filled_otherwise(
    world: World, client: FlaskClient
) -> None:
    """What is left empty is filled from the directory, which may have changed meanwhile."""
    data = review(world, client)
    assert client.post(PATH, data=data).status_code == 303
    unit = world.directory.entry("units", APPLICATION["unit"])
    assert unit
    told = {**unit.facts, "employer": "Another employer"}
    world.directory.save(DirectoryFile((replace(unit, facts=told),)))
    assert client.post(PATH, data=data).status_code == 303
    assert len(world.cases.folders) == len(world.cases.outbox) == 1


@pytest.mark.parametrize("step", ["people", "review"])
def test_fill_trap(world: World, client: FlaskClient, step: str) -> None:
    data = {**review(world, client), "_step": step, "website": "https://spam.example"}
    got = client.post(PATH, data=data)
    assert (got.status_code, world.cases.folders) == (422, {})
    assert "spam.example" not in got.text


def test_fill_too_many_to_one_mailbox(world: World, client: FlaskClient) -> None:
    told = [client.post(PATH, data=review(world, client)).status_code for _ in range(4)]
    assert told == [303, 303, 303, 429]
    assert len(world.cases.folders) == 3


def test_fill_too_many_from_one_source(world: World) -> None:
    """Also what opens no case is counted: what is too fast, and what was sent before."""
    rules = replace(world.services.rules, limit_per_source=4)
    client = create_app(replace(world.services, rules=rules)).test_client()
    fast = hidden(client.post(PATH, data={**APPLICATION, "_lang": "fi"}).text)
    told = [client.post(PATH, data=fast).status_code]
    sent = [review(world, client, applicant_email=f"a{n}@example.net") for n in range(4)]
    for number, typed in enumerate((sent[0], sent[0], *sent[1:])):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        told.append(client.post(PATH, data=typed, headers=headers).status_code)
    assert told == [422, 303, 303, 303, 429, 429]
    assert len(world.cases.folders) == 2


@pytest.mark.parametrize("path", ["/api/forms/nothing/individual", "/api/forms/supervision/x"])
def test_fill_unknown_form(client: FlaskClient, path: str) -> None:
    assert client.post(path, data={"a": "b"}).status_code == 404
    assert client.get(f"{path}/sent").status_code == 404


@pytest.mark.parametrize(
    ("asked", "language"), [("fi", "fi"), ("sv", "sv"), ("en", "en"), ("xx", "fi"), ("", "fi")]
)
def test_sent_page_in_each_language(client: FlaskClient, asked: str, language: str) -> None:
    got = client.get(f"{PATH}/sent?lang={asked}")
    assert (got.status_code, f'<html lang="{language}"' in got.text) == (200, True)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_address_of_a_form_leads_to_its_first_step(
    world: World, client: FlaskClient, language: str
) -> None:
    got = client.get(f"{PATH}?lang={language}")
    assert (got.status_code, got.headers["Cache-Control"]) == (200, "no-store")
    assert f'<html lang="{language}"' in got.text
    assert page_text(language, "errors.method.lead") not in got.text
    assert 'name="form_of_supervision"' in got.text
    assert f'action="{PATH}"' in got.text
    assert world.cases.folders == {}


@pytest.mark.parametrize("path", ["/api/forms/nothing/individual", "/api/forms/supervision/merged"])
def test_address_of_no_public_form_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_link_of_what_was_never_confirmed_says_that_it_was_deleted(
    world: World, language: str
) -> None:
    case_id = world.case_at()
    token = world.token(case_id, "applicant")
    world.clock.forward(days=10)
    while run_due_timer(world.services, case_id):
        pass
    assert world.case(case_id).parties == ()
    links = party.create_app(world.services).test_client()
    told = page_text(language, "errors.unconfirmed.lead", days=7)
    got = links.get(f"/api/t/{token}?lang={language}")
    assert (got.status_code, told in got.text) == (404, True)
    sent = links.post(f"/api/t/{token}", data={"action": "confirm", "_lang": language})
    assert (sent.status_code, told in sent.text) == (404, True)
    other = links.get(f"/api/t/{'x' * 43}?lang={language}")
    assert (other.status_code, told in other.text) == (404, False)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_link_of_a_case_that_was_kept_long_enough_says_that_it_was_deleted(
    world: World, language: str
) -> None:
    case_id = world.case_at("confirm", "withdraw")
    token = world.token(case_id, "manager")
    links = party.create_app(world.services).test_client()
    told = page_text(language, "errors.erased.lead")
    assert told not in links.get(f"/api/t/{token}?lang={language}").text
    world.clock.forward(days=400)
    while run_due_timer(world.services, case_id):
        pass
    assert world.case(case_id).parties == ()
    got = links.get(f"/api/t/{token}?lang={language}")
    assert (got.status_code, told in got.text) == (404, True)
    assert page_text(language, "page.privacy_path") in got.text
    sent = links.post(f"/api/t/{token}", data={"action": "endorse", "_lang": language})
    assert (sent.status_code, told in sent.text) == (404, True)
    strange = links.get(f"/api/t/{'x' * 43}?lang={language}")
    assert told not in strange.text


def test_wrong_method_says_which_are_right(world: World, client: FlaskClient) -> None:
    links = party.create_app(world.services).test_client()
    for path in ("/api/t/x", "/api/t/x/fresh"):
        got = links.delete(path)
        assert got.status_code == 405
        assert "POST" in got.headers["Allow"]
    assert "GET" in client.put(PATH).headers["Allow"]


@pytest.mark.parametrize("tail", [".", ")", ">", ",", ".)", "\u201d", "=", "'", "].", "\u00bb"])
def test_a_link_with_signs_behind_it_leads_to_itself(world: World, tail: str) -> None:
    case_id = world.case_at()
    token = world.token(case_id, "applicant")
    links = party.create_app(world.services).test_client()
    got = links.get(f"/api/t/{token}{quote(tail)}?lang=sv")
    assert got.status_code == 303
    assert got.headers["Location"] == f"{world.services.rules.base_url}/api/t/{token}?lang=sv"
    assert links.get(f"/api/t/{token}a").status_code == 404
    sent = links.post(f"/api/t/{token}{quote(tail)}", data={"action": "endorse"})
    assert sent.status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_page_after_sending_names_the_address_that_was_written_to(
    world: World, client: FlaskClient, language: str
) -> None:
    sent = client.post(PATH, data=review(world, client, _lang=language))
    assert sent.status_code == 303
    address = sent.headers["Location"]
    assert "aino" not in address
    page = client.get(address)
    assert page_text(language, "sent.to", to="a\u2022\u2022\u2022@example.net") in unescape(
        page.text
    )
    forged = client.get(address.replace("example.net", "evil.example"))
    assert "evil.example" not in forged.text
    assert page_text(language, "sent.lead") in unescape(forged.text)


@pytest.mark.parametrize("changed", [{}, {"reason_and_goals": "short"}])
def test_form_is_read_once_for_a_page(
    world: World, client: FlaskClient, changed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the review, and of the step with what is wrong instead of it."""
    read, reads = apply.read, []
    monkeypatch.setattr(apply, "read", lambda *known: reads.append(1) or read(*known))
    client.post(PATH, data={**APPLICATION, **changed, "_lang": "fi"})
    assert len(reads) == 1
    client.post(PATH, data={**APPLICATION, **changed, "_lang": "fi", "_step": "sending"})
    assert len(reads) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_choice_that_follows_from_others_is_not_put_off(
    client: FlaskClient, name: str, language: str
) -> None:
    """Where nothing is chosen, something is taken: it is not decided later, and the hint says it."""
    none = {follows: page_text(language, f"form.{key}") for follows, key in NONE.items()}
    seen = set[bool]()
    for form in (each for each in current(name).forms if each.public):
        words = Words(current(name), language, World().directory, form.name)
        for section, field in ((s, f) for s in form.sections for f in s.fields):
            typed = {"_lang": language, "_step": section.name, "_go": section.name}
            html = unescape(client.post(f"/api/forms/{name}/{form.name}", data=typed).text)
            shown = re.search(rf'<select[^>]*name="{field.name}".*?</select>', html, re.DOTALL)
            empty = shown and re.search('<option value="">(.*?)</option>', shown[0])
            if not empty or field.required:
                continue
            follows = bool(field.defaults)
            seen.add(follows)
            assert empty[1] == none[follows], (form.name, field.name)
            assert words.hint(field) or not follows, (form.name, field.name)
    assert True in seen or name != "supervision"


NONE = {True: "not_chosen", False: "no_choice"}

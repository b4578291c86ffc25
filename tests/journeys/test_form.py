"""The form and the decisions when they are not filled as they should be."""

from tests.journeys.journey import question, said, word


def wrong(eyes, expected):
    """The page names exactly these faults: in the summary, by links, and at the fields.

    ``expected`` maps each field to its message. Each link leads into its field.
    """
    page = eyes.page
    lines = [f"{question(eyes.language, n)}: {m}" for n, m in expected.items()]
    assert eyes.texts(".k-error-summary li") == lines
    eyes.focused(".k-error-summary")
    for name, message in expected.items():
        assert message in eyes.text(f"#e-{name}")
        assert page.locator(f"[aria-describedby~=e-{name}]").get_attribute("aria-invalid") == "true"
    for link, name in zip(page.locator(".k-error-summary a").all(), expected, strict=True):
        link.click()
        eyes.until(lambda: page.evaluate("document.activeElement.name") == name)  # noqa: B023
    assert page.locator("[aria-invalid=true]").count() == len(expected)


def test_every_step_tells_what_is_wrong_and_keeps_what_was_typed(start, eyes):
    j = start()
    first, second, third, fourth = j.steps()
    eyes.go(eyes.home + "/tyonohjaus/hae/")

    typed = {"reason_and_goals": "Lyhyt", "earlier_supervision": "<i>Ei</i> & ”silti”\nuusi rivi"}
    eyes.onward(typed, 422)
    wrong(
        eyes,
        {
            "form_of_supervision": word("fi", "problems.unchosen"),
            "reason_and_goals": word("fi", "problems.short", limit=10),
        },
    )
    assert eyes.filled(typed) == typed
    eyes.onward(first)

    typed = {**second, "desired_start": "2020-02-03", "number_of_sessions": "61"}
    eyes.onward(typed, 422)
    wrong(
        eyes,
        {
            "desired_start": said("fi", "checks.starts_ahead"),
            "number_of_sessions": word("fi", "problems.high", limit=60),
        },
    )
    assert eyes.filled(typed) == typed
    eyes.onward({**second, "number_of_sessions": "kaksi"}, 422)
    wrong(eyes, {"number_of_sessions": word("fi", "problems.number")})
    eyes.onward(second)

    typed = {**third, "applicant_name": "", "applicant_phone": "soita", "applicant_email": "aino@"}
    typed |= {"unit": "", "manager_email": "pekka@muualla.example"}
    eyes.onward(typed, 422)
    wrong(
        eyes,
        {
            "applicant_name": word("fi", "problems.empty"),
            "applicant_email": word("fi", "problems.email"),
            "applicant_phone": word("fi", "problems.phone"),
            "unit": word("fi", "problems.unchosen"),
        }
        | (
            {"manager_email": said("fi", "checks.manager_is_ours")}
            if shown(eyes, "manager_email")
            else {}
        ),
    )
    assert eyes.filled(typed) == typed
    for address, check in (
        ("pekka@muualla.example", "manager_is_ours"),
        (third["applicant_email"].upper(), "manager_is_another"),
    ):
        eyes.onward({**third, "manager_email": address}, 422)
        wrong(eyes, {"manager_email": said("fi", f"checks.{check}")})
    eyes.onward(third)

    typed = {"title": "Muu nimi", "privacy_read": ""}
    eyes.onward(typed, 422)
    wrong(eyes, {"privacy_read": word("fi", "problems.untick")})
    assert eyes.filled(typed) == typed
    eyes.onward(fourth)
    assert set(j.answers.values()) - {"yes", "no"} > {"Ryhmässä vuosina 2019–2021."}
    for name in ("reason_and_goals", "place", "applicant_phone", "manager_email", "title"):
        assert j.answers[name] in j.rows().values()
    j.send()
    j.mailed(("applicant", "confirm", 7))


def shown(eyes, name):
    """Whether the page finds fault with a field."""
    return eyes.page.locator(f"#e-{name}").count() == 1


def test_errors_speak_the_forms_language(eyes):
    for language, path in (
        ("sv", "/sv/arbetshandledning/ansok/"),
        ("en", "/en/supervision/apply/"),
    ):
        eyes.language = language
        eyes.go(eyes.home + path)
        eyes.onward({}, 422)
        wrong(
            eyes,
            {
                "form_of_supervision": word(language, "problems.unchosen"),
                "reason_and_goals": word(language, "problems.empty"),
            },
        )


def test_decisions_tell_what_is_missing(start, eyes):
    j = start().to("submitted")
    j.open("manager")
    form = eyes.page.locator("form", has=eyes.page.locator("[name=action]"))
    eyes.press(form.locator("button[type=submit]"), 422)
    assert eyes.texts(".k-error-summary li") == [word("fi", "problems.undecided")]
    eyes.page.locator(".k-error-summary a").click()
    eyes.focused("#f-action-endorse")

    eyes.decide("return", 422, return_reason="Liian")
    wrong(eyes, {"return_reason": word("fi", "problems.short", limit=10)})
    assert eyes.page.locator("#f-action-return").is_checked()
    assert eyes.filled({"return_reason": ""}) == {"return_reason": "Liian"}
    eyes.decide("endorse", 422, cost_centre="KP-1", travel_reimbursed="no")
    wrong(eyes, {"fee_reimbursed": word("fi", "problems.unchosen")})
    kept = {"cost_centre": "KP-1", "travel_reimbursed": "no", "return_reason": "Liian"}
    assert eyes.filled(kept) == kept
    j.stands("submitted", yours=True)
    j.mailed()
    eyes.decide("endorse", fee_reimbursed="yes")
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))

    j.open("coordinator")
    eyes.press("form:has([name=supervisor]) .k-actions button", 422)
    wrong(eyes, {"supervisor": word("fi", "problems.unchosen")})
    j.offer()
    j.open("supervisor")
    eyes.decide("accept", 422, contact_instructions="")
    wrong(eyes, {"contact_instructions": word("fi", "problems.empty")})
    j.stands("offered", yours=True)


def test_back_and_change_keep_everything(start, eyes):
    j = start()
    first, second, third, fourth = j.steps()
    eyes.go(eyes.home + "/tyonohjaus/hae/")
    eyes.onward(first)
    eyes.onward(second)
    eyes.fill(third)
    eyes.press("[name=_go]")
    assert eyes.filled(second) == second
    eyes.press("[name=_go]")
    assert eyes.filled(first) == first
    for step in (first, second, third):
        assert eyes.filled(step) == step
        eyes.onward({})
    eyes.onward(fourth)
    before = j.rows()
    for section, step in zip(
        ("supervision", "arrangements", "people", "sending"), j.steps(), strict=True
    ):
        eyes.press(f"[name=_go][value={section}]")
        assert eyes.filled(step) == step
        eyes.onward({"place": "Toisaalla"} if section == "arrangements" else {})
        assert eyes.title() == word("fi", "review.title"), "back to checking the answers"
    assert j.rows() == before | {said("fi", "fields.place.label"): "Toisaalla"}
    j.send()
    j.mailed(("applicant", "confirm", 7))


def test_what_is_left_out_is_filled_in(start, eyes):
    """The unit knows the employer and the manager's language; the title is the name."""
    j = start(employer="", manager_language="", title="", unit="nuorten-talo")
    j.fill()
    rows = j.rows()
    assert rows[said("fi", "fields.employer.label")] == "Mallilan mallikunta"
    assert rows[said("fi", "fields.manager_language.label")] == "Suomi"
    assert rows[said("fi", "fields.title.label")] == j.answers["applicant_name"]


def test_pressed_twice_is_sent_once(start, eyes):
    j = start()
    j.fill()
    j.stack.advance(minutes=1)
    form = eyes.page.locator("form#send")
    address = form.evaluate("form => form.action")
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    form.locator("button[type=submit]").dblclick()
    eyes.page.wait_for_url("**/sent?*")
    eyes.page.wait_for_load_state()
    j.mailed(("applicant", "confirm", 7))
    j.stack.advance(minutes=11)
    again = eyes.page.request.post(address, form=sent)
    assert "/sent?" in again.url
    j.mailed()
    j.confirm()

    j.open("manager")
    for name, value in (
        ("action", "endorse"),
        ("travel_reimbursed", "no"),
        ("fee_reimbursed", "no"),
    ):
        eyes.fill({name: value})
    eyes.page.locator("form:has([name=action]) button[type=submit]").dblclick()
    after = said("fi", "states.coordinating.name")
    eyes.page.locator("main:has(.k-route) .k-receipt").wait_for()
    assert after in eyes.text()
    j.open("manager")
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))

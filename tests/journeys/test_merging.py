"""Applications are merged: each sender is asked, and nobody learns what the others answered."""

import re
from html import unescape

import pytest

from functions.kernel.durations import day_of
from tests.journeys.groups import ANNA, door, open_desk
from tests.journeys.journey import SUPERVISORS, Journey, said, word
from tests.moments import lapses, reminds, wait

GOALS = {n: f"Tavoite numero {n}, joka kuuluu vain sen kirjoittajalle." for n in range(9)}


class Merged(Journey):
    """What became of a proposal: its mails go to the senders of the originals."""

    form = "merged"

    def __init__(self, stack, eyes, originals):
        super().__init__(stack, eyes, 0)
        self.originals = originals
        self.reference = eyes.text(".k-caption").rpartition(" ")[2]

    def people(self, who):
        asked = {j.opener: j.language for j in self.originals}
        if who == "supervisee":
            return asked
        return {who: asked[who]} if who in asked else super().people(who)

    def secrets(self):
        return [secret for j in self.originals for secret in j.secrets()]

    def answer(self, j, consent):
        """One of the senders follows the link of their own mail and answers."""
        self.open(j.opener)
        self.stands("merge_pending", yours=not self.voted())
        self.eyes.decide("consent", consent=consent)
        assert self.eyes.title() == said(self.eyes.language, "actions.consent.done")
        assert self.voted()

    def voted(self):
        told = word(self.eyes.language, "case.your_vote", vote="")
        return told in self.eyes.text()

    def without(self, *dropped):
        self.originals = [j for j in self.originals if j not in dropped]


@pytest.fixture
def apply(start):
    """Makes applications that wait for the coordinator, one in each of the languages."""

    def make(*languages):
        return [
            start(
                language=language,
                manager_language=language,
                reason_and_goals=GOALS[n],
                willing_to_merge="yes",
            ).hurry()
            for n, language in enumerate(languages)
        ]

    return make


def pick(eyes, *journeys):
    """Tick these applications, and no others."""
    for box in eyes.page.locator("[name^=cases-]:checked").all():
        box.uncheck()
    for j in journeys:
        begins = f"cases-{j.reference.removeprefix('K-').lower()}"
        eyes.page.check(f"[name^={begins}]")


def propose(stack, eyes, *journeys, form="group"):
    """From the coordinator's desk to the proposal's own page; its senders have been asked."""
    open_desk(stack, eyes, ANNA)
    door(eyes, "merge")
    pick(eyes, *journeys)
    eyes.fill({"form_of_supervision": form})
    eyes.press(".k-form .k-actions button")
    hub = Merged(stack, eyes, list(journeys))
    assert hub.reference not in [j.reference for j in journeys]
    hub.mailed(("supervisee", "consent", 7))
    return hub


def nobody_learns(hub, eyes, refuser, *others):
    """No link that anybody but the coordinator has shows a trace of who refused."""
    for j in {*hub.originals, refuser, *others}:
        for letter in [x for case in (hub, j) for x in case.letters if x.to != ANNA]:
            page = unescape(eyes.page.request.get(letter.link).text())
            history = page.partition('class="k-history"')[2].partition("</ol>")[0]
            told = " ".join([history, *re.findall("<dd>(.*?)</dd>", page, re.DOTALL)])
            refused = said(letter.language, "fields.consent.choices.no")
            over = [word(letter.language, f"over.{how}") for how in ("left", "out", "late")]
            assert history or any(title in page for title in over)
            assert (refused in told) == (letter.to == refuser.opener and "consent" in letter.name)
            assert word(letter.language, "case.not_voted") not in page
            assert told.count(said(letter.language, "actions.consent.history")) <= 1


def test_formed_of_those_who_agree(apply, stack, eyes):
    """Four are asked: one refuses, one is silent, two agree and are formed after seven days."""
    fi, sv, en, silent = four = apply("fi", "sv", "en", "fi")
    wholes = [whole(j) for j in four]
    open_desk(stack, eyes, ANNA)
    door(eyes, "merge")
    faults(eyes, fi)
    pick(eyes, *four)
    eyes.fill({"form_of_supervision": "group", "title": "Perhetyön ryhmä"})
    eyes.press(".k-form .k-actions button")
    hub = Merged(stack, eyes, list(four))
    begun = day_of(stack.clock.now())
    hub.mailed(("supervisee", "consent", 7))
    hub.stands("merge_pending")
    for j in four:
        j.mailed()
        j.open("applicant", "receipt")
        j.stands("merging")
        asked(hub, j, four)

    hub.answer(sv, "no")
    hub.answer(fi, "yes")
    hub.answer(en, "yes")
    nobody_learns(hub, eyes, sv)
    open_desk(stack, eyes, ANNA)
    eyes.press(eyes.page.locator(".k-desk tr", has_text="Perhetyön ryhmä").locator("a").first)
    hub.stands("merge_pending")
    answers = eyes.texts(".k-summary dd")
    for j, choice in ((fi, "yes"), (sv, "no"), (en, "yes")):
        choice = said("fi", f"fields.consent.choices.{choice}")
        assert [x for x in answers if j.answers["applicant_name"] in x and choice in x]
    (unanswered,) = [x for x in answers if word("fi", "case.not_voted") in x]
    assert silent.answers["applicant_name"] in unanswered

    wait(stack, reminds(begun, 4))
    hub.mailed((silent.opener, "remind_consent", 3))
    wait(stack, lapses(begun, 7))
    hub.without(sv, silent)
    hub.mailed(("supervisee", "grouped"), ("coordinator", "coordinate", 7))
    for j in (fi, en):
        j.mailed(("manager", "merged_manager"))
        j.open("applicant", "receipt")
        j.stands("merged")
    for j in (sv, silent):
        j.mailed(("applicant", "released"), ("coordinator", "coordinate", 7))
        j.open("applicant", "released")
        j.stands("coordinating")
        j.open("coordinator")
        j.asks("coordinating")
    assert [whole(j) for j in (sv, silent)] == [wholes[1], wholes[3]]
    nobody_learns(hub, eyes, sv, *four)
    used(hub, sv)
    offered(hub, eyes, fi, en, left_out=(sv, silent))


def faults(eyes, one):
    """Nothing chosen, one picked, no form: told together, and what was given stays."""
    few, unchosen = word("fi", "problems.pick_more", limit=2), word("fi", "problems.unchosen")
    form = f"{said('fi', 'fields.form_of_supervision.label')}: {unchosen}"
    eyes.press(".k-form .k-actions button", 422)
    assert eyes.texts(".k-error-summary li") == [few, form]
    eyes.focused(".k-error-summary")
    eyes.page.locator(".k-error-summary a").first.click()
    eyes.focused("[name^=cases-]:focus")
    pick(eyes, one)
    eyes.fill({"title": "Kahden kesken"})
    eyes.press(".k-form .k-actions button", 422)
    assert eyes.texts(".k-error-summary li") == [few, form]
    assert eyes.page.locator("[name^=cases-]:checked").count() == 1
    assert eyes.filled({"title": ""}) == {"title": "Kahden kesken"}
    assert eyes.page.locator("[name=form_of_supervision][value=individual]").count() == 0
    eyes.fill({"form_of_supervision": "pair"})
    eyes.press(".k-form .k-actions button", 422)
    assert eyes.texts(".k-error-summary li") == [few]


def asked(hub, j, everybody):
    """Names and units of all, in one's own language; no goals, no addresses, no preselection."""
    hub.open(j.opener, "consent")
    hub.asks("merge_pending")
    assert hub.eyes.language == j.language
    page = hub.eyes.text("body")
    unit = hub.stack.services.directory.named("units", "perhekeskus").name(j.language)
    for other in everybody:
        assert f"{other.answers['applicant_name']}, {unit}" in page
        hidden = [other.answers[x] for x in ("reason_and_goals", "manager_name", "place")]
        hidden += [other.opener] if other is not j else []
        assert not [each for each in hidden if each in page]
    assert hub.eyes.page.locator("[name=consent]:checked").count() == 0


def whole(j):
    """The document as its sender reads it."""
    j.open("applicant", "receipt")
    return j.rows()


def used(hub, j):
    """A link to what was asked is a page that tells how it is now."""
    hub.eyes.language = j.language
    link = [x.link for x in hub.letters if x.to == j.opener][-1]
    hub.eyes.go(link)
    assert hub.eyes.page.locator("[name=consent]").count() == 0
    done = said(j.language, "actions.consent.done")
    assert hub.eyes.title() in (
        *(word(j.language, f"over.{x}") for x in ("left", "done", "ended")),
        done,
    )


def offered(hub, eyes, *members, left_out):
    """The merged case goes on as any other; the supervisor reads each original."""
    hub.open("coordinator", "coordinate")
    hub.asks("coordinating")
    eyes.decide("offer", supervisor="testi")
    hub.done("offer", "offered")
    hub.mailed(("supervisor", "offer", 7))
    hub.open("supervisor")
    hub.asks("offered")
    eyes.page.locator("main details").evaluate_all("all => all.forEach(e => { e.open = true })")
    page = eyes.text("body")
    assert all(j.answers["reason_and_goals"] in page for j in members)
    assert not [j for j in left_out if j.answers["applicant_name"] in page]
    eyes.decide("accept", contact_instructions="Soita arkisin.")
    hub.done("accept", "active", yours=True)
    hub.mailed(
        ("supervisee", "accepted_supervisee"),
        ("coordinator", "accepted_coordinator"),
        ("supervisor", "accepted_supervisor", 14),
    )
    for j in members:
        j.mailed(("manager", "joined_manager"))
        hub.open(j.opener, "accepted_supervisee")
        hub.stands("active")
        assert SUPERVISORS["testi"][0] in eyes.text()
        j.open("applicant", "receipt")
        j.stands("joined")


def test_formed_at_once_when_all_agree_and_minds_may_change(apply, stack, eyes):
    one, other = apply("fi", "sv")
    hub = propose(stack, eyes, one, other, form="pair")
    for consent in ("no", "yes"):
        hub.answer(one, consent)
        choice = said("fi", f"fields.consent.choices.{consent}")
        assert word("fi", "case.your_vote", vote=choice) in eyes.text()
    hub.mailed()
    hub.open(other.opener)
    eyes.decide("consent", consent="yes")
    hub.done("consent", "coordinating")
    hub.mailed(("supervisee", "grouped"), ("coordinator", "coordinate", 7))
    for j in (one, other):
        j.mailed(("manager", "merged_manager"))
        hub.open(j.opener, "consent")
        hub.done("consent", "coordinating")
        assert eyes.page.locator("[name=consent]").count() == 0


def test_too_few_dissolve_it_and_the_originals_come_back(apply, stack, eyes):
    one, other = apply("sv", "fi")
    wholes = [whole(one), whole(other)]
    hub = propose(stack, eyes, one, other, form="pair")
    begun = day_of(stack.clock.now())
    hub.answer(one, "yes")
    wait(stack, reminds(begun, 4))
    hub.mailed((other.opener, "remind_consent", 3))
    wait(stack, lapses(begun, 7))
    hub.mailed()
    for j in (one, other):
        j.mailed(("applicant", "released"), ("coordinator", "coordinate", 7))
        j.open("applicant", "released")
        j.stands("coordinating")
        used(hub, j)
    assert [whole(one), whole(other)] == wholes


def test_coordinator_closes_early_and_breaks_the_group_up(apply, stack, eyes):
    one, other, third = three = apply("fi", "en", "fi")
    hub = propose(stack, eyes, *three)
    page = eyes.page.url
    for j, consent in ((one, "yes"), (other, "no"), (third, "yes")):
        hub.answer(j, consent)
    hub.mailed(("coordinator", "answers_in", 7))
    eyes.language = "fi"
    eyes.go(page)
    eyes.decide("close_merge")
    hub.stands("coordinating", yours=True)
    hub.without(other)
    hub.mailed(("supervisee", "grouped"), ("coordinator", "coordinate", 7))
    other.mailed(("applicant", "released"), ("coordinator", "coordinate", 7))
    hub.open("coordinator", "coordinate")
    hub.asks("coordinating")
    title = hub.rows()[said("fi", "fields.title.label")]
    assert set(title.split(", ")) == {j.answers["applicant_name"] for j in (one, third)}
    eyes.decide("dissolve")
    hub.stands("dissolved")
    hub.mailed(("supervisee", "dissolved"))
    for j in (one, third):
        j.mailed(
            ("manager", "merged_manager"),
            ("manager", "released_manager"),
            ("coordinator", "coordinate", 7),
        )
        j.open("applicant", "receipt")
        j.stands("coordinating")
        hub.open(j.opener, "dissolved")
        hub.stands("dissolved")
        j.open("coordinator")
        j.asks("coordinating")

"""A page of a link whose turn is over promises nothing that is not on it, names whom to ask to who
has left, and thanks nobody for what they did not do; mails to who has left promise no more."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import MailOrder, Party
from functions.kernel.definition import Definition
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text, page_text
from functions.services.access.links import mint
from tests.abuse.every import place
from tests.fakes import World
from tests.paths import Walk, walks

BELOW = {"fi": r"\balta\b|\balla\b", "sv": r"\bnedan\b", "en": r"\bbelow\b"}
THANKS = {"fi": "Kiitos", "sv": "Tack", "en": "Thank you"}
LOOK = {"fi": r"tilanne", "sv": r"läget|hänt", "en": r"situation|happened"}


def turns(walk: Walk) -> Iterator[tuple[Party, MailOrder]]:
    """Every link to a task of an earlier turn, or to the case, that somebody was mailed."""
    case = walk.case
    for decision in walk.decisions:
        for order in decision.mail_orders:
            holder = case.party(order.party)
            ended = (order.state, order.round) != (case.state, case.round)
            if holder and (not holder.present or (ended and order.purpose == "task")):
                yield holder, order


def wrongly_told(definition: Definition) -> tuple[list[str], set[str]]:
    """What pages of ended links say that is not so; and the titles that were seen."""
    wrong, titles, seen = list[str](), set[str](), set[tuple[str, ...]]()
    for walk in walks(definition, World().directory):
        at = place(definition, walk)
        steps = [d.event for d in at.walk.decisions]
        acted = {(s.party, s.source) for s in steps}
        for holder, order in turns(walk):
            did = (order.party, order.state) in acted
            key = (at.case.state, order.state, holder.role, str(holder.present), str(did))
            if (*key, steps[-1].action) in seen:
                continue
            seen.add((*key, steps[-1].action))
            token = mint(at.world.services, at.case.id, order, holder.email).rpartition("/")[2]
            client = party.create_app(at.world.services).test_client()
            for language in LANGUAGES:
                text = unescape(client.get(f"/api/t/{token}?lang={language}").text)
                titles.add(re.search("<h1>(.*?)</h1>", text)[1])  # type: ignore[index]
                said = {f"{language} {' '.join(key)}: {f}" for f in _faults(text, language, did)}
                wrong += sorted(said)
                lapsed = page_text(language, "over.lapsed_lead") in text
                if lapsed and any(s.party == order.party for s in steps):
                    wrong.append(f"{language} {' '.join(key)}: did not answer, who did")
                owners = [p.email for p in at.case.holders(definition.owner)]
                if not holder.present and not any(f"mailto:{o}" in text for o in owners):
                    wrong.append(f"{language} {' '.join(key)}: names nobody to ask")
    return wrong, titles


def _faults(text: str, language: str, did: bool) -> Iterator[str]:
    lead = re.search(r'k-lead">(.*?)</p>', text)
    assert lead
    if re.search(BELOW[language], lead[1], re.IGNORECASE) and "k-standing" not in text:
        yield "promises a state that is not shown"
    if THANKS[language] in text and not did:
        yield "thanks for nothing"


@pytest.mark.parametrize("name", NAMES)
def test_ended_link_promises_what_is_there(name: str) -> None:
    wrong, titles = wrongly_told(current(name))
    assert wrong == []
    assert page_text("en", "over.ended") in titles or name != "supervision"


def to_leavers(definition: Definition) -> Iterator[str]:
    """The mails by which somebody hears that they have no place any more."""
    for row in definition.transitions:
        for mail in map(definition.mail, row.mails):
            if mail.leavers or mail.to in row.vacates:
                yield mail.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_to_who_has_left_does_not_ask_to_look_at_the_case(language: str) -> None:
    mails = {(d.name, mail) for d in map(current, NAMES) for mail in to_leavers(d)}
    assert {m for _, m in mails} >= {"offer_expired", "taken_back", "left_out"}
    for name, mail in mails:
        button = mail_text(name, mail, language).button
        assert not re.search(LOOK[language], button, re.IGNORECASE), mail

"""A mail of the directory that waits while its reader loses the duty that it is for: it does not go."""

from dataclasses import replace

import pytest

from functions.kernel.case import MailOrder
from functions.kernel.directory import DirectoryFile
from functions.kernel.duties import DIRECTORY
from functions.kernel.timers import DUE_BY_LAW, OVERDUE
from functions.render.mail.lines import OWN
from functions.render.text.texts import mail_text
from functions.services.access.people import person_key
from functions.services.mail.deliver import deliver
from functions.services.mail.escalations import LISTING, OF_CASE, SEVERAL
from functions.services.mail.orders import order_gathered
from tests.unit.test_directory_told import STRANGER, Kept

OF_DESKS = {
    "desk_link", "digest", "more_waiting", "handed_many", "several_new", "several_urgent",
}  # fmt: skip
# To whoever had an entry before or has it after a change: of themself, whatever their duties.
PERSONAL = {
    "address_gone", "address_handed", "address_late", "address_new", "address_old", "address_restored", "duties_changed",
    "name_changed", "directory_changed_before", "details_changed",
}  # fmt: skip


def post(office: Kept, mail: str, what: str, number: str = "x", to: str = "kim") -> tuple[str, str]:
    case = office.cases.folders.get(what)
    order = MailOrder(mail, to, DIRECTORY, what, case.case.round if case else 0)
    office.cases.post_once("directory#test", number, order, office.clock.now())
    return "directory#test", number


def without_holder(office: Kept) -> None:
    """The case of ``office.begun`` is nobody's who has the right to it."""
    case = office.case(office.begun)
    gone = tuple(replace(p, ref="nobody" if p.ref else "") for p in case.parties)
    office.cases.folders[case.id].case = replace(case, parties=gone)


def with_place(office: Kept, *, vacant: bool = False) -> None:
    """Kim coordinates ``office.begun``, in which somebody else may be missing."""
    kim = office.kept("coordinators", "kim")
    duties = ("units", "topics", "directory")
    office.directory.save(DirectoryFile((replace(kim, facts={**kim.facts, "duties": duties}),)))
    case = office.case(office.begun)
    parties = tuple(
        replace(p, ref="kim", email="kim@example.org") if p.ref else replace(p, vacant=vacant)
        for p in case.parties
    )
    office.cases.folders[case.id].case = replace(case, parties=parties)


def waiting(office: Kept, mail: str) -> tuple[str, str]:
    """A mail to Kim that has waited since before anything happened to Kim."""
    case_id = office.begun
    if mail == "directory_changed":
        office.change("domains", "", domain="new.example")
        office.deliver_all()
        return next(k for k in office.pending() if office.cases.outbox[k].order.party == "kim")
    if mail == "not_arrived":
        return post(office, mail, f"{person_key(office.services, 'tom@example.org')}-digest")
    if mail == "unheld":
        without_holder(office)
        return post(office, mail, case_id)
    if mail in ("handed_on", "vacant"):
        with_place(office, vacant=mail == "vacant")
        return post(office, mail, case_id)
    base = OVERDUE if mail.startswith((OVERDUE, SEVERAL["late"])) else DUE_BY_LAW
    single = post(office, mail if mail in OF_CASE else base, case_id, f"{base}#{case_id}#00001#0")
    if mail not in LISTING:
        return single
    kind = next(kind for kind, each in SEVERAL.items() if each == mail)
    long_ago = "2026-01-01T00:00:00+00:00"
    return post(office, mail, f"{kind}@{long_ago}", f"{kind}#2026-01-01")


MAILS = sorted(OWN - OF_DESKS - PERSONAL)


@pytest.fixture
def office() -> Kept:
    return Kept()


def lose(office: Kept, how: str) -> None:
    kim = office.kept("coordinators", "kim")
    gone = {
        "duty": replace(kim, facts={**kim.facts, "duties": ("finance",)}),
        "office": replace(kim, retired=True),
        "nothing": kim,
    }
    office.directory.save(DirectoryFile((gone[how],)))


@pytest.mark.parametrize("how", ["nothing", "duty", "office"])
@pytest.mark.parametrize("mail", MAILS)
def test_mail_goes_to_whoever_has_its_duty_when_it_leaves(
    office: Kept, mail: str, how: str
) -> None:
    key = waiting(office, mail)
    lose(office, how)
    before = len(office.post.sent)
    outcome = deliver(office.services, *key)
    assert outcome == ("sent" if how == "nothing" else "suppressed")
    sent = [m["To"] for m in office.post.sent[before:]]
    assert sent == (["kim@example.org"] if how == "nothing" else [])


def test_who_keeps_the_directory_by_now_hears_of_it_instead(office: Kept) -> None:
    key = waiting(office, OVERDUE)
    lose(office, "duty")
    assert deliver(office.services, *key) == "suppressed"
    tom = office.kept("coordinators", "tom")
    assert "tom@example.org" not in {to for to, _ in office.mails()}
    keeps = replace(tom, facts={**tom.facts, "duties": ("topics", "directory")})
    office.directory.save(DirectoryFile((keeps,)))
    office.cases.outbox[key].status, office.cases.outbox[key].leased_until = "pending", None
    assert deliver(office.services, *key) == "suppressed"
    assert "tom@example.org" in {m["To"] for m in office.deliver_all()}


@pytest.mark.parametrize("how", ["nothing", "duty", "office"])
@pytest.mark.parametrize("mail", ["several_new", "several_urgent"])
def test_mail_of_many_cases_goes_to_whoever_looks_after_cases_when_it_leaves(
    office: Kept, mail: str, how: str
) -> None:
    with_place(office)
    office.index()
    person = person_key(office.services, "kim@example.org")
    order_gathered(office.services, mail, person, "x", office.clock.now())
    lose(office, how)
    sent = [m["To"] for m in office.deliver_all()]
    assert sent.count("kim@example.org") == (how == "nothing")


def test_what_somebody_is_told_of_themself_goes_whatever_their_duties(office: Kept) -> None:
    office.change(
        "coordinators", "kim", email=STRANGER, **{"duties.directory": "", "duties.finance": "yes"}
    )
    sent = office.sent()
    for email in ("kim@example.org", STRANGER):
        subjects = {m["Subject"] for m in sent if m["To"] == email}
        assert mail_text("", "duties_changed", "fi").subject in subjects


def test_list_goes_to_nobody_who_has_lost_the_duty_and_is_posted_to_who_has_it(
    office: Kept,
) -> None:
    key = waiting(office, SEVERAL["late"])
    lose(office, "duty")
    deliver(office.services, *key)
    told = {m["To"] for m in office.deliver_all()}
    assert "kira@example.org" in told
    assert "kim@example.org" not in told

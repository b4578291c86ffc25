"""Every mail in every language: whole, to one person, and with nothing of the case in it."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from functions.kernel import LANGUAGES, clean
from functions.kernel.case import Case, Decision, Event, MailOrder, Party
from functions.kernel.definition import Definition, Mail
from functions.kernel.durations import day_of
from functions.kernel.fields import Field
from functions.kernel.missed_mail import RESEND
from functions.kernel.states import CLOCK, TURN
from functions.kernel.timers import DUE_BY_LAW
from functions.processes import NAMES, current, pinned
from functions.render.mail.mail import MailContent, message, reference
from functions.render.text.organisation import setting
from functions.render.text.texts import OWN_MAILS, MailText, mail_text, page_text, placeholders
from functions.render.text.words import Words
from functions.services.mail.deliver import deliver
from functions.services.mail.escalations import OF_CASE
from tests.fakes import START, Folder, World
from tests.paths import Walk, answers, walks

MAILS = [
    (name, mail.name, language)
    for name in NAMES
    for mail in current(name).all_mails
    for language in LANGUAGES
]
OWN = sorted(path.name for path in OWN_MAILS.iterdir() if path.is_dir())
MAILS += [("", name, language) for name in OWN for language in LANGUAGES]
OF_ONE_CASE = OF_CASE  # those of no process that are about a case
# And those of them that name its deadline.
WITH_DEADLINE = tuple(mail for mail in OF_CASE if mail.startswith(DUE_BY_LAW))
LINK = "https://kapula.test/api/t/" + "t" * 43


def told_of(process: str, mail: str, language: str) -> dict[str, str]:
    """The longest that a mail can have to tell."""
    definition = current(process)
    words, fields = Words(definition, language, World().directory), definition.fields()

    def longest(field: Field) -> str:
        values = field.choices or ([1_000_000_00] if field.kind == "money" else ["2026-12-28"])
        return max((words.value(field, value) for value in values), key=len)

    return {name: longest(fields[name]) for name in definition.mail(mail).shows}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_mail_tells_of_a_case_names_nobody(name: str) -> None:
    definition = current(name)
    fields, kinds = definition.fields(), ("money", "choice", "date", "number", "yesno")
    for mail in definition.all_mails:
        assert {fields[told].kind for told in mail.shows} <= {*kinds}
        assert all(mail.to in definition.visibility[told] for told in mail.shows)
        for language in LANGUAGES:
            text = mail_text(name, mail.name, language)
            said = " ".join([text.subject, text.ask, *text.body, text.why, text.silence])
            assert set(mail.shows) <= {*placeholders(said)}, (mail.name, language)


def note(process: str = "supervision", mail: str = "endorse", language: str = "fi") -> MailContent:
    return MailContent(
        process=process,
        mail=mail,
        language=language,
        to="someone@example.org",
        case_id="abcdefghijklmnopqrst" if process or mail in OF_ONE_CASE else "",
        link=LINK,
        deadline=day_of(START) if process or mail in WITH_DEADLINE else None,
        lines=() if process else ("K-ABC123: canary line", "and more"),
        sender="kapula@example.org",
        sent_at=START,
        dedupe="abcdefghijklmnopqrst.00001#0",
        answers=told_of(process, mail, language) if process else {},
    )


class Text(HTMLParser):
    """The words and the links of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(v) for k, v in attrs if k in ("href", "src", "action")]


def flat(text: str) -> str:
    return " ".join(text.split())


def parts(mail: EmailMessage) -> tuple[str, str, list[str]]:
    """The plain text, the words of the HTML and its links, after a trip as bytes."""
    got = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(got, EmailMessage)
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert html is not None
    reader = Text()
    reader.feed(html.get_content())
    return flat(plain.get_content()), flat(" ".join(reader.words)), reader.links


def faults(mail: EmailMessage, text: MailText) -> list[str]:
    """What is wrong with a mail made of ``text``."""
    plain, html, links = parts(mail)
    found = []
    for name in ("ask", "silence", "why", "button"):
        # Placeholders are filled: compare what stands between them.
        for piece in re.split(r"\{\w+\}", getattr(text, name)):
            found += [f"{name} not in text"] * (flat(piece) not in plain)
            found += [f"{name} not in HTML"] * (flat(piece) not in html)
    for line in text.body:
        for piece in re.split(r"\{\w+\}", line):
            found += ["body differs"] * (flat(piece) not in plain or flat(piece) not in html)
    found += ["link not in text"] * (plain.count(LINK) != 1)
    found += ["links in HTML"] * ([x for x in links if not x.startswith("mailto:")] != [LINK] * 2)
    found += ["placeholder left"] * bool(re.search(r"[{}]", plain + html + mail["Subject"]))
    found += ["subject"] * (clean.has_controls(mail["Subject"], lines=False) or not mail["Subject"])
    found += ["recipients"] * (len(mail["To"].addresses) != 1 or bool(mail["Cc"] or mail["Bcc"]))
    return found


@pytest.mark.parametrize(("process", "name", "language"), MAILS)
def test_mail_is_whole(process: str, name: str, language: str) -> None:
    mail = message(note(process, name, language))
    text = mail_text(process, name, language)
    assert faults(mail, text) == []
    plain, html, _ = parts(mail)
    about = bool(process) or name in OF_ONE_CASE
    assert (reference("abcdefghijklmnopqrst") in plain) == about
    # An inbox tells two cases apart by their subjects alone.
    assert str(mail["Subject"]).count(reference("abcdefghijklmnopqrst")) == about
    for line in () if process else ("K-ABC123: canary line", "and more"):
        assert line in plain
        assert line in html
    # Whom to ask is said in every mail, also in one that ends something.
    asked = f"{page_text(language, 'mail.ask_us')} {setting('email', language)}"
    assert asked in plain
    assert asked in html
    assert mail["Content-Language"] == language
    assert f'lang="{language}"' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(("process", "name", "language"), MAILS)
def test_mail_without_a_deadline_asks_for_none(process: str, name: str, language: str) -> None:
    """A mail that may be sent in a state without a deadline must not speak of one."""
    if name in WITH_DEADLINE:
        return
    if not process or _may_lack_deadline(current(process), current(process).mail(name)):
        text = mail_text(process, name, language)
        # Who takes a place is told the day in a paragraph that is left out where there is none.
        handed = process and name == current(process).handover_mail.name
        body = () if handed else text.body
        said = " ".join([text.subject, text.ask, *body, text.why, text.silence])
        assert "{deadline" not in said


def _may_lack_deadline(d: Definition, mail: Mail) -> bool:
    """Whether a mail is sent on the way into a state that has no deadline, or from a timer of it."""
    targets = {t.target for t in d.transitions if mail.name in t.mails}
    targets |= {s.name for s in d.states if any(r.mail == mail.name for r in s.timers)}
    targets |= {f.start for f in d.forms if mail.name in f.mails}
    if mail in (d.new_link_mail, d.handover_mail, d.bounced_mail):
        return True
    return any(d.state(s).deadline is None for s in targets)


def _broken(mail: EmailMessage, change: Callable[[str], str]) -> EmailMessage:
    plain = mail.get_body(("plain",))
    assert plain is not None
    plain.set_content(change(plain.get_content()))
    return mail


def test_faults_are_found() -> None:
    text = mail_text("supervision", "endorse", "fi")
    assert faults(message(note()), text) == []
    without_link = _broken(message(note()), lambda plain: plain.replace(LINK, ""))
    assert faults(without_link, text) == ["link not in text"]
    unfilled = _broken(message(note()), lambda plain: plain + "{deadline}")
    assert faults(unfilled, text) == ["placeholder left"]
    silent = _broken(message(note()), lambda plain: plain.replace(text.silence, ""))
    assert "silence not in text" in faults(silent, text)
    two = message(replace(note(), to="a@example.org, b@example.org"))
    assert faults(two, text) == ["recipients"]


NASTY = [
    *"\r\n\t\x00\x0b\x85\u2028,;:<>()[]\"'\\ @=?",
    *"äå\u0430\u202e\u3000\U0001f469",
    "\r\nBcc: x@evil.example",
    "\n\n<html>",
    "=?utf-8?b?YQ==?=",
    "%0d%0a",
    "a@example.org",
    "evil.example",
    *"bcxyz019._+-!#",
    "xn--",
]


def addresses(count: int) -> Iterator[str]:
    """Addresses as somebody might type them who means no good; only those that are accepted."""
    draw = random.Random(17)
    for _ in range(count):
        typed = "".join(draw.choices(NASTY, k=draw.randint(0, 6)))
        local, host = draw.choice(["aino", typed]), draw.choice(["example.org", typed, "hyvä.fi"])
        raw = clean.text(f"{local}@{host}")
        if clean.has_controls(raw, lines=False):
            continue
        if found := clean.email(raw):
            yield found


def headers(mail: EmailMessage) -> list[str]:
    """The names of the headers as whoever receives the bytes reads them."""
    head = mail.as_bytes().split(b"\n\n", 1)[0].decode("ascii")
    return [line.partition(":")[0] for line in head.splitlines() if not line[:1].isspace()]


def test_mail_no_address_makes_a_header() -> None:
    plain = headers(message(note()))
    accepted = sorted(set(addresses(10_000)))
    assert len(accepted) > 150
    assert [a for a in accepted if not re.fullmatch(r"[!-~]+@[a-z0-9.-]+", a)] == []
    for address in accepted[:: len(accepted) // 150]:
        mail = message(replace(note(), to=address))
        assert headers(mail) == plain
        assert [a.addr_spec for a in mail["To"].addresses] == [address]


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a\nb@example.org"])
def test_mail_line_break_in_an_address_is_an_error(address: str) -> None:
    assert clean.has_controls(clean.text(address), lines=False)
    with pytest.raises(ValueError, match="linefeed"):
        message(replace(note(), to=address))


@dataclass(frozen=True, slots=True)
class Seeded:
    """A case with a canary wherever something personal can stand, and its mails."""

    case: Case
    sent: list[EmailMessage]


def seeded(walk: Walk, language: str) -> Seeded:
    """Every mail of the process delivered from a case full of canaries."""
    world = World()
    definition, last = pinned(walk.case.process, walk.case.version), walk.decisions[-1]
    moved = replace(walk.case, revision=walk.case.revision + 1)
    now = moved.state
    again = Event(moved.revision, last.event.at, RESEND, CLOCK, "", now, now)
    walk = Walk((*walk.decisions, Decision(moved, again, {})))  # the step that orders them
    full = answers(definition.fields().values(), world.directory, "all")
    people = tuple(
        Party(f"p{n}", role.name, f"canary-name-{role.name}", f"box{n}@example.org", language)
        for n, role in enumerate(definition.roles)
    )
    case = replace(walk.case, answers={**full, **walk.case.answers}, parties=people)
    world.cases.folders[case.id] = Folder.of(case, walk.told())
    for mail in definition.all_mails:
        for party in (p for p in people if p.role == _reader(mail, people)):
            order = MailOrder(mail.name, party.id, mail.purpose, case.state, case.round)
            key = (case.id, f"{again.number:05}#{mail.name}#{party.id}")
            world.cases.post_once(*key, order, START)
            vacant = mail == definition.vacant_mail  # it goes while somebody is missing
            others = tuple(replace(p, vacant=vacant and p.role != mail.to) for p in people)
            there = replace(case, parties=others)
            world.cases.folders[case.id] = Folder.of(there, walk.told())
            world.limits.holders.clear()  # as if a day had gone by
            assert deliver(world.services, *key) == "sent"
    return Seeded(case, world.post.sent)


def _reader(mail: Mail, people: tuple[Party, ...]) -> str:
    """A role that a mail can go to; where it goes to whoever has the turn, any."""
    return people[0].role if mail.to in ("", TURN) else mail.to


def leaks(sent: list[EmailMessage]) -> list[str]:
    return [
        m["Subject"] for m in sent if re.search("canary", m.as_string() + " ".join(parts(m)[:2]))
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_tells_nothing_of_the_case(name: str, language: str) -> None:
    definition = current(name)
    walk = next(w for w in walks(definition, World().directory) if len(w.decisions) > 1)
    found = seeded(walk, language)
    assert len(found.sent) == len(definition.all_mails)
    assert leaks(found.sent) == []


def test_leaks_are_found() -> None:
    sent = [message(note()), _broken(message(note()), lambda plain: f"{plain} canary-title-0")]
    assert leaks(sent) == [sent[1]["Subject"]]

"""Checks of a definition's mails: their readers can do what is asked and may see the answers
shown."""

from collections.abc import Iterator, Mapping

from functions.kernel.definition import Definition, Mail
from functions.kernel.states import BY_ITSELF, TURN
from functions.kernel.urgency import paces
from functions.kernel.visibility import sees

# Of the kinds that name nobody.
IMPERSONAL = ("money", "halves", "choice", "date", "datetime", "number", "yesno")


def mails(d: Definition) -> Iterator[str]:
    """Every mail of the process is sent, to somebody."""
    used = {n for t in d.transitions for n in t.mails} | {n for f in d.forms for n in f.mails}
    used |= {r.mail for s in paces(d.states) for r in s.timers}
    used |= {timer.mail for timer in d.timers}
    used |= {r.successor_mail for r in d.roles}
    for mail in d.mails:
        if mail.name not in used:
            yield f"mail {mail.name} is never sent; send it from a row, a timer or a form"
        if not mail.to:
            yield f"mail {mail.name} goes to nobody; name the role that reads it"
        if mail.newcomers and mail.leavers:
            yield f"mail {mail.name} is for newcomers and leavers; write one for each"


def tasks(d: Definition) -> Iterator[str]:
    """Whoever gets a link to a task has one in the state that the mail is sent in."""
    actors = {a.name: a.role for a in d.actions if "task" in a.available_on}
    for form, state, mail in dict.fromkeys(_sent(d)):
        own = d.for_form(form)
        able = {actors.get(t.action) for t in own.transitions if t.source == state}
        turns = next((s.turn_roles for s in own.states if s.name == state), ())
        readers = (*(turns if mail.to == TURN else (mail.to,)), *mail.also)
        for role in readers if mail.purpose == "task" else ():
            if role not in {*able, *BY_ITSELF}:
                yield (
                    f"mail {mail.name} asks {role} for something in {state} of {form}, where that "
                    "role can do nothing; give it an action there, or the mail the purpose status"
                )


def mail_answers(d: Definition) -> Iterator[str]:
    """A fault for each answer in a mail that one of its readers may not see."""
    for _, state, mail in dict.fromkeys(_sent(d)):
        for role in (mail.to, *mail.also):
            for name in dict.fromkeys(_shown_by(d, mail)) if role != TURN else ():
                if not sees(d, name, role, state):
                    yield f"mail {mail.name} tells {role} of {name} in {state}; let the role see it"


def _shown_by(d: Definition, mail: Mail) -> Iterator[str]:
    """The answers that a mail tells, itself or in the calendar files that it brings."""
    yield from mail.shows
    yield from (n for m in d.meetings if m.name in mail.meetings for n in m.fields)


def impersonal(d: Definition) -> Iterator[str]:
    """What a mail shows is of a kind that names nobody and leads nowhere: others read mail."""
    fields = d.fields()
    for mail in d.all_mails:
        for name in (n for n in mail.shows if n in fields and fields[n].kind not in IMPERSONAL):
            yield (
                f"mail {mail.name} shows {name} of kind {fields[name].kind}, which others could "
                "read; leave it to the page"
            )


def meetings(d: Definition) -> Iterator[str]:
    """A meeting is made of answers of the right kinds, and each that there is is told of."""
    fields, kinds = d.fields(), {"start": "datetime", "minutes": "number", "venue": "text"}
    for meeting in d.meetings:
        where = f"meeting {meeting.name}"
        for attribute, kind in {**kinds, "link": "weburl"}.items():
            name = getattr(meeting, attribute)
            if name in fields and fields[name].kind != kind:
                yield f"{where}: {attribute} names {name}; name a field of kind {kind}"
        bringing = [mail for mail in d.all_mails if meeting.name in mail.meetings]
        if not bringing:
            yield f"{where} is in no mail; let a mail bring it into calendars"
        for mail in (mail for mail in bringing if meeting.start not in mail.shows):
            yield (
                f"mail {mail.name} brings {where} and does not say when; let it show "
                f"{meeting.start}"
            )
        called_off = (s for f, s, m in _sent(d) if m in bringing and not meeting.is_on(s))
        if bringing and next(called_off, None) is None:
            yield f"{where} is called off in no mail; let one go where its states are left"


def proven(d: Definition) -> Iterator[str]:
    """A fault for each public form whose sender is not asked to confirm it, or of which others are
    mailed before that."""
    for form in (f for f in d.forms if f.public):
        start = next((s for s in d.states if s.name == form.start), None)
        if start is None:
            continue
        able = {a.name for a in d.actions if a.role == form.opener and "task" in a.available_on}
        goes_on = [
            t for t in d.for_form(form.name).transitions
            if t.source == form.start and t.action in able and t.target != form.start
            and not t.erases
        ]  # fmt: skip
        sent = [m for f, s, m in _sent(d) if (f, s) == (form.name, form.start)]
        opener = [m for m in sent if (m.to, m.also) in ((form.opener, ()), (TURN, ()))]
        if start.turn_roles != (form.opener,) or not goes_on:
            yield (
                f"form {form.name} begins in {form.start}, where {form.opener} cannot confirm; "
                f"give {form.opener} the turn there, and an action that leads on"
            )
        if not any(m.purpose == "task" and m.name in form.mails for m in opener):
            yield (
                f"form {form.name} asks nobody to confirm; let its mails name one to {form.opener} "
                "with the purpose task"
            )
        for mail in dict.fromkeys(m for m in sent if m not in opener):
            yield (
                f"mail {mail.name} goes to {', '.join((mail.to, *mail.also))} before "
                f"{form.opener} has confirmed {form.name}; send it when that is done"
            )


def _sent(d: Definition) -> Iterator[tuple[str, str, Mail]]:
    """Each mail that is sent: of a case of which form, and in which state it is by then."""
    known: Mapping[str, Mail] = {m.name: m for m in d.mails}
    for form in d.forms:
        own = d.for_form(form.name)
        here = {s.name for s in own.states}
        sent = [(form.start, n) for n in form.mails]
        sent += [(t.target, n) for t in own.transitions for n in t.mails]
        sent += [(s.name, r.mail) for s in paces(own.states) for r in s.timers]
        sent += [(s, r.mail) for r in own.timers for s in r.states if s in here]
        yield from ((form.name, state, known[n]) for state, n in sent if n in known)

"""A public form: filled step by step, checked, and sent exactly once."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from functions.kernel import clean
from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.digests import canonical, case_id_of, is_signature, signature
from functions.kernel.engine import open_case
from functions.kernel.errors import (
    Invalid,
    KapulaError,
    Problem,
    Refused,
    SinceErased,
    TooMany,
    TooManyFromSource,
    Unavailable,
)
from functions.kernel.fields import TRAP, Answers, Form, Section
from functions.kernel.mailboxes import masked
from functions.kernel.parse import read, value_in
from functions.services import commit
from functions.services.access.quotas import (
    count_source,
    is_code,
    of_form,
    of_proven,
    source_limits,
)
from functions.services.container import Services

CODE = "_code"  # the input for the code from a mail, where a form is refused
_KEY, _WRITTEN_TO = "key of a form", "written to"  # what we sign
_PLAIN_KEY = re.compile(r"[0-9]{1,11}\.[0-9]{3}\.[0-9a-f]{24}(?:\.[a-z2-7]{1,64})?")


class TooFast(KapulaError):
    """Sent faster than anybody can read; the same page is shown to be sent again."""

    code = "too_fast"
    status = 422


# why a form is not sent, each to be told on a page with what was typed
REFUSALS = (Invalid, SinceErased, TooFast, TooMany, Unavailable)


@dataclass(frozen=True, slots=True)
class Draft:
    """A form being filled: everything typed so far, and the key that makes it one case."""

    definition: Definition
    form: Form
    typed: Mapping[str, str]
    language: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """The whole form as it was read: what it says, or what is to be mended if it has no
    ``answers``."""

    draft: Draft
    answers: Answers | None
    problems: tuple[Problem, ...] = ()

    def problems_in(self, section: Section) -> tuple[Problem, ...]:
        """What is to be mended in one section, given everything typed so far."""
        asked = section.fields
        return tuple(p for p in self.problems if any(f.owns(p.field) for f in asked))

    @property
    def first_wrong(self) -> Section | None:
        """The first section with something to mend, or None when the form can be sent."""
        return next((s for s in self.draft.form.sections if self.problems_in(s)), None)


def check(services: Services, draft: Draft) -> CheckedDraft:
    """Read everything typed so far."""
    try:
        return CheckedDraft(draft, answers(services, draft))
    except Invalid as error:
        return CheckedDraft(draft, None, error.problems)


def answers(services: Services, draft: Draft) -> Answers:
    """The whole form as values; ``Invalid`` with all problems if it is not ready."""
    form = draft.form
    return read(form.fields, form.checks, draft.typed, services.directory, services.today())


def mint_key(services: Services, led_from: str = "") -> str:
    """A key for one filling of a form: its time and a nonce, and the case that it is ``led_from``,
    if it is, signed."""
    plain = f"{services.clock.now().timestamp():.3f}.{secrets.token_hex(12)}"
    plain = f"{plain}.{led_from}" if led_from else plain
    return f"{plain}.{signature(services.rules.secret, _KEY, plain)}"


def key_is_ours(services: Services, key: str) -> bool:
    """Whether we minted this key."""
    plain, _, signed = key.rpartition(".")
    ours = is_signature(signed, services.rules.secret, _KEY, plain)
    return ours and bool(_PLAIN_KEY.fullmatch(plain))


def under_new_key(services: Services, draft: Draft) -> Draft:
    """The same form, to be another case when it is sent; its key is one of ours."""
    return replace(draft, key=mint_key(services, *_led_from(draft.key)))


def send(
    services: Services,
    draft: Draft,
    values: Answers | None = None,
    *,
    ours: bool = False,
    code: str = "",
    source: str | None = None,
) -> str:
    """Open the case. The same key and the same answers are one case, however often sent; other
    answers are another case.

    ``values`` are what it says, if they are not its ``answers``; ``ours``: the key has been
    looked at. Who types the ``code`` that the mailbox was mailed has places of their own, so
    that nobody who sends forms in their name keeps them out. What is sent from a ``source``, an
    address of the net, is counted with the case, and where none is opened by itself. Returns the
    case's id, also where it could not be opened today, as a day has passed or an entry of the
    directory was retired. Raises ``Invalid``, ``TooFast``, ``TooMany``, ``TooManyFromSource``;
    ``SinceErased`` if that case is gone; ``Refused`` for a key that is not ours.
    """
    if not (ours or key_is_ours(services, draft.key)):
        raise Refused
    try:
        case_id, opened = _opened(services, draft, values, code, source)
    except (TooManyFromSource, Unavailable):
        raise
    except KapulaError:
        _count(services, source)
        raise
    if not opened:
        _count(services, source)
    return case_id


def _count(services: Services, source: str | None) -> None:
    if source is not None:
        count_source(services, source)


def _opened(
    services: Services, draft: Draft, values: Answers | None, code: str, source: str | None
) -> tuple[str, bool]:
    """The id of the case that was sent, and whether it is new."""
    if draft.typed.get(TRAP):
        raise Invalid((Problem(TRAP, "trap"),))
    case_id = _case_id(draft)
    try:
        decision, quota = _opening(services, draft, case_id, values, code)
    except Invalid:
        if case_id and services.cases.is_there(case_id):
            return case_id, False
        raise
    rate_limits = () if source is None else source_limits(services, source)
    opened = commit.create(services.cases, draft.definition, decision, quota, rate_limits)
    return case_id, opened


def _opening(
    services: Services, draft: Draft, case_id: str, values: Answers | None, code: str
) -> tuple[Decision, str]:
    """The opening of the case as it is decided today, and the places that it takes one of."""
    if values is None:
        values = answers(services, draft)
    filled_since = datetime.fromtimestamp(float(draft.key.partition(".")[0]), UTC)
    if services.clock.now() - filled_since < services.rules.least_fill_time:
        raise TooFast
    decision = open_case(
        draft.definition,
        draft.form.name,
        case_id,
        values,
        draft.language,
        services.clock.now(),
        services.directory,
        linked=_led_from(draft.key),
    )
    return decision, _quota_name(services, decision.case.parties[0].email, code)


def written_to(services: Services, draft: Draft) -> str:
    """The address to which the mail about a form goes, as its owner knows it again, with a seal."""
    fields = draft.definition.role(draft.form.opener).fields
    typed = draft.typed.get(fields[1], "") if fields else ""
    shown = masked(clean.email(typed) or "")
    return f"{shown}.{signature(services.rules.secret, _WRITTEN_TO, shown)}"


def is_written_to(services: Services, sealed: str) -> str:
    """What ``written_to`` sealed; "" if it is not ours."""
    shown, _, signed = sealed.rpartition(".")
    return shown if is_signature(signed, services.rules.secret, _WRITTEN_TO, shown) else ""


def _quota_name(services: Services, email: str, code: str) -> str:
    """The name of the places that a form takes one of; ``Invalid`` if the code is none."""
    if not code:
        return of_form(services, email)
    if not is_code(services, email, code):
        raise Invalid((Problem(CODE, "code"),))
    return of_proven(services, email)


def _led_from(key: str) -> tuple[str, ...]:
    """The case that led on to a form, by the form's key, whose signature has been looked at."""
    _seconds, _part, _nonce, *led_from, _signed = key.split(".")
    return tuple(led_from)


def _case_id(draft: Draft) -> str:
    """By the key and by what was typed alone, so that it is the same on another day, and when the
    directory has changed; "" where what was typed can never have opened a case."""
    values = {f.name: value_in(f, draft.typed) for f in draft.form.fields}
    if any(isinstance(value, Problem) for value in values.values()):
        return ""
    answered = {name: value for name, value in values.items() if value is not None}
    return case_id_of(canonical([draft.key, answered]))

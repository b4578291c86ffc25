"""A public form: filled step by step, checked, and sent exactly once."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from functions.kernel import clean
from functions.kernel.definition import Definition
from functions.kernel.digests import canonical, case_id_of
from functions.kernel.engine import open_case
from functions.kernel.errors import Invalid, KapulaError, Problem, Refused
from functions.kernel.fields import TRAP, Answers, Form, Section
from functions.kernel.mailboxes import masked
from functions.kernel.parse import read
from functions.services import commit
from functions.services.access.quotas import is_code, of_mailbox, of_proven
from functions.services.container import Services

CODE = "_code"  # the input for the code from a mail, where a form is refused


class TooFast(KapulaError):
    """Sent faster than anybody can read; the same page is shown to be sent again."""

    code = "too_fast"
    status = 422


@dataclass(frozen=True, slots=True)
class Draft:
    """A form being filled: everything typed so far, and the key that makes it one case."""

    definition: Definition
    form: Form
    typed: Mapping[str, str]
    language: str
    key: str = ""


def section_problems(services: Services, draft: Draft, section: Section) -> tuple[Problem, ...]:
    """What is to be mended in one section, given everything typed so far."""
    asked = section.fields
    return tuple(p for p in _problems(services, draft) if any(f.owns(p.field) for f in asked))


def first_wrong(services: Services, draft: Draft) -> Section | None:
    """The first section with something to mend, or None when the form can be sent."""
    wrong = [p.field for p in _problems(services, draft)]
    return next(
        (s for s in draft.form.sections if any(f.owns(w) for f in s.fields for w in wrong)), None
    )


def answers(services: Services, draft: Draft) -> Answers:
    """The whole form as values; ``Invalid`` with all problems if it is not ready."""
    form = draft.form
    return read(form.fields, form.checks, draft.typed, services.directory, services.today())


def mint_key(services: Services, led_from: str = "") -> str:
    """A key for one filling of a form: its time and a nonce, and the case that it is ``led_from``,
    if it is, signed."""
    plain = f"{services.clock.now().timestamp():.3f}.{secrets.token_hex(12)}"
    plain = f"{plain}.{led_from}" if led_from else plain
    return f"{plain}.{_signature(services, plain)}"


def key_is_ours(services: Services, key: str) -> bool:
    """Whether we minted this key."""
    plain, _, signature = key.rpartition(".")
    return hmac.compare_digest(signature.encode(), _signature(services, plain).encode())


def send(
    services: Services,
    draft: Draft,
    values: Answers | None = None,
    *,
    ours: bool = False,
    code: str = "",
) -> str:
    """Open the case. The same key and the same answers are one case, however often sent.

    ``values`` are the draft's ``answers`` if they are known already; ``ours``: the key has been
    looked at, too. Who types the ``code`` that the mailbox was mailed has places of their own, so
    that nobody who sends forms in their name keeps them out. Returns the case's id.
    Raises ``Invalid``, ``TooFast``, ``TooMany``; ``Refused`` for a key that is not ours.
    """
    if not (ours or key_is_ours(services, draft.key)):
        raise Refused
    if draft.typed.get(TRAP):
        raise Invalid((Problem(TRAP, "trap"),))
    if values is None:
        values = answers(services, draft)
    filled_since = datetime.fromtimestamp(float(draft.key.partition(".")[0]), UTC)
    if services.clock.now() - filled_since < services.rules.least_fill_time:
        raise TooFast
    case_id = _case_id(draft, values)
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
    opener = decision.case.parties[0]
    quota = _quota_name(services, opener.email, code)
    commit.create(services.cases, draft.definition, decision, quota)
    return case_id


def written_to(services: Services, draft: Draft) -> str:
    """The address to which the mail about a form goes, as its owner knows it again, with a seal."""
    fields = draft.definition.role(draft.form.opener).fields
    typed = draft.typed.get(fields[1], "") if fields else ""
    shown = masked(clean.email(typed) or "")
    return f"{shown}.{_signature(services, shown)}"


def is_written_to(services: Services, sealed: str) -> str:
    """What ``written_to`` sealed; "" if it is not ours."""
    shown, _, signature = sealed.rpartition(".")
    ours = hmac.compare_digest(signature.encode(), _signature(services, shown).encode())
    return shown if ours else ""


def _quota_name(services: Services, email: str, code: str) -> str:
    """The name of the places that a form takes one of; ``Invalid`` if the code is none."""
    if not code:
        return of_mailbox(services, email)
    if not is_code(services, email, code):
        raise Invalid((Problem(CODE, "code"),))
    return of_proven(services, email)


def _problems(services: Services, draft: Draft) -> tuple[Problem, ...]:
    try:
        answers(services, draft)
    except Invalid as error:
        return error.problems
    return ()


def _led_from(key: str) -> tuple[str, ...]:
    """The case that led on to a form, by the form's key, whose signature has been looked at."""
    _seconds, _part, _nonce, *led_from, _signed = key.split(".")
    return tuple(led_from)


def _signature(services: Services, plain: str) -> str:
    return hmac.new(services.rules.secret, plain.encode(), hashlib.sha256).hexdigest()


def _case_id(draft: Draft, values: Answers) -> str:
    return case_id_of(canonical([draft.key, dict(values)]))

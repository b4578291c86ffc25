"""Whole pages: the steps of a form, a task, a link that is over, a note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Answers, Form, Section
from functions.kernel.people import Directory
from functions.kernel.release import RELEASE
from functions.render.case.act_forms import ActForm
from functions.render.case.people import SummaryRow
from functions.render.case.receipt import NextStep, Receipt
from functions.render.case.view import CaseView, review_groups
from functions.render.form.widgets import SummaryError, Widget, summary, widgets
from functions.render.page.new_link import TO, NewLinkForm
from functions.render.templates import template
from functions.render.text.organisation import setting
from functions.render.text.texts import capital, page_text, process_text
from functions.render.text.unbroken import unbroken
from functions.render.text.words import Words

_CHOSEN = (
    "action",
    "party",
    "device",
    "out",
    TO,
)  # inputs by which something was chosen: their values are codes


@dataclass(frozen=True, slots=True)
class Filling:
    """A public form being filled, as its pages need it. ``reviewed``: a step that was gone
    back to from checking the answers leads there again."""

    definition: Definition
    form: Form
    language: str
    typed: Mapping[str, str]
    directory: Directory
    key: str = ""
    reviewed: bool = False
    more: bool = False

    @property
    def words(self) -> Words:
        """The texts of this form."""
        return Words(self.definition, self.language, self.directory, self.form.name)

    @property
    def path(self) -> str:
        """Where the form is sent."""
        return f"/api/forms/{self.definition.name}/{self.form.name}"


def step_form(filling: Filling, section: Section, problems: Sequence[Problem] = ()) -> str:
    """The form element of one step; the first step of it stands on the static site."""
    known = _step(filling, section, problems)
    text = partial(page_text, filling.language)
    return template("step_form.html").render(language=filling.language, text=text, **known)


def step_page(filling: Filling, section: Section, problems: Sequence[Problem] = ()) -> str:
    """The page of one step, with what is to be mended if anything is."""
    known = _step(filling, section, problems)
    wrong = summary(_drawn(filling, section, problems), _loose(filling.words, problems, section))
    title = str(known.pop("title"))
    return whole_page("step.html", filling.language, title, wrong=wrong, **known)


def review_page(
    filling: Filling, answers: Answers, problems: Sequence[Problem] = (), code: str = ""
) -> str:
    """Check your answers, change any part, send. ``code`` is what was typed as the code from a
    mail; it is asked for where there have been too many mails."""
    words = filling.words
    wrong = [
        SummaryError("f-_code" if p.field == "_code" else "", words.problem(p)) for p in problems
    ]
    return whole_page(
        "review.html",
        filling.language,
        words.page("review.title"),
        wrong=wrong,
        groups=review_groups(words, filling.form, answers),
        then=words.text(f"forms.{filling.form.name}.then"),
        saying="send",
        action=filling.path,
        key=filling.key,
        carried=filling.typed,
        code=code,
        coded=bool(code) or any(p.code == "too_many" for p in problems),
    )


def sent_page(process: str, form: str, language: str, to: str = "") -> str:
    """What happens after a form was sent, about which a mail goes ``to`` an address."""
    title, then = page_text(language, "sent.title"), f"forms.{form}.sent"
    known = {"then": process_text(process, language, then), "languages": True, "to": to}
    return whole_page("sent.html", language, title, **known)


def task_page(
    words: Words,
    view: CaseView,
    path: str,
    forms: Sequence[ActForm],
    wrong: Sequence[SummaryError] = (),
    desk: str = "",
    people: NextStep | None = None,
    receipt: Receipt | None = None,
    new_link: NewLinkForm | None = None,
    given: Sequence[SummaryRow] = (),
) -> str:
    """The page of a link that permits something or shows where the case is.

    ``desk`` is the path of the desk it was opened from, if it was; ``people`` leads to where the
    reader looks after those in the case, if they do; ``receipt`` says what they did just now;
    ``new_link`` asks where a link is to be sent; ``given`` is what they chose and typed, if that
    can be done no longer.
    """
    return whole_page(
        "task.html",
        words.language,
        view.title,
        wrong=wrong,
        view=view,
        path=path,
        desk=desk,
        people=people,
        receipt=receipt,
        fresh=new_link,
        forms=forms,
        given=given,
        languages=True,
    )


def over_page(
    words: Words,
    view: CaseView,
    title: str,
    lead: str,
    new_link: NewLinkForm,
    desk: str = "",
    *,
    receipt: Receipt | None = None,
    new_turn: str = "",
    past: str = "",
    go: NextStep | None = None,
    given: Sequence[SummaryRow] = (),
    to_ask: Sequence[Party] | None = None,
) -> str:
    """The page of a link that is used, superseded or expired.

    ``new_link`` asks where a new link is to be sent, unless its holder can ``go`` to the case as it
    is now. ``new_turn`` says that they have a turn now; ``past`` is then what they did in an
    earlier one. ``given`` is what they typed in a form that came too late. ``to_ask`` are the
    people whom a party who has left can ask; if it is empty, the service itself.
    """
    return whole_page(
        "over.html",
        words.language,
        title,
        view=view,
        desk=desk,
        lead=lead,
        fresh=new_link,
        wrong=new_link.wrong,
        receipt=receipt,
        new_turn=new_turn,
        past=past,
        go=go,
        given=given,
        to_ask=to_ask,
        ask=capital(words.role(words.definition.owner)),
        languages=True,
    )


def message_page(
    language: str,
    key: str,
    typed: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """A page that says one thing: ``<key>.title``, ``.lead`` and ``.more`` of the page texts, which
    quote ``values``.

    ``typed`` is what was sent when something broke; the page keeps it, to be sent again.
    """
    parts = (f"{key}.{part}" for part in ("title", "lead", "more"))
    title, lead, more = (page_text(language, part, **(values or {})) for part in parts)
    known = {"lead": lead, "more": more, "typed": typed, "there": None, "ways": ()}
    return whole_page("message.html", language, title, **known)


def given_back(typed: Mapping[str, str] | None) -> tuple[str, ...]:
    """The free texts of a form that cannot be sent any more, for the page to show them to who typed
    them."""
    own = ((n, v) for n, v in (typed or {}).items() if not n.startswith("_") and n not in _CHOSEN)
    return tuple(value for _, value in own if value.strip())


def handed_on_page(language: str, names: Sequence[str], typed: Mapping[str, str] | None) -> str:
    """Where somebody acted in a place that was given to others meanwhile: who has it now, and what
    was typed."""
    owners = ", ".join(names) or page_text(language, "handover.nobody")
    return _given_page(language, "handed_on", typed, names=owners)


def duty_lost_page(language: str, typed: Mapping[str, str] | None) -> str:
    """Where somebody lost the duty that a page is for, with what they typed meanwhile."""
    return _given_page(language, "duty_lost", typed)


def _given_page(language: str, error: str, typed: Mapping[str, str] | None, **values: str) -> str:
    """What went wrong, with what was typed to be copied: the form leads nowhere any more."""
    title, lead, more = (
        page_text(language, f"errors.{error}.{part}", **values)
        for part in ("title", "lead", "more")
    )
    given = given_back(typed)
    known = {"lead": lead, "more": more if given else "", "typed": None, "there": None, "ways": ()}
    return whole_page("message.html", language, title, given=given, **known)


def erased_page(language: str, days: int) -> str:
    """Where a form was that nobody confirmed within so many ``days``; or, if it had none, a case
    that was kept for as long as such cases are."""
    key, parts = "unconfirmed" if days else "erased", ("title", "lead", "more")
    title, lead, more = (page_text(language, f"errors.{key}.{part}", days=days) for part in parts)
    privacy = page_text(language, "page.privacy_path"), page_text(language, "page.privacy")
    there = None if days else privacy
    known = {"lead": lead, "more": more, "typed": None, "there": there, "ways": ()}
    return whole_page("message.html", language, title, **known)


def act_erased_page(
    definition: Definition, language: str, action: str, late: Mapping[str, str] | None = None
) -> str:
    """After an action that erased the case: what was done, and that nothing is left; or that what
    was typed ``late`` came after it."""
    parts = (f"actions.{action}.{part}" for part in ("done", "erased"))
    title, lead = (process_text(definition.name, language, part) for part in parts)
    more = page_text(language, "act_erased.more")
    ways = [NextStep(page_text(language, "desk.title"), page_text(language, "page.desk_path"))]
    if late is not None:
        title, ways = page_text(language, "unrecorded.title"), []
    known = {"lead": lead, "more": more, "typed": None, "there": None, "ways": ways}
    return whole_page("message.html", language, title, given=given_back(late), **known)


def _step(filling: Filling, section: Section, problems: Sequence[Problem]) -> dict[str, object]:
    words, sections = filling.words, filling.form.sections
    number = [s.name for s in sections].index(section.name)
    asked = section.fields
    return {
        "title": words.text(f"sections.{section.name}.title"),
        "title_form": words.text(f"forms.{filling.form.name}.title"),
        "steps": [words.text(f"sections.{s.name}.title") for s in sections],
        "number": number + 1,
        "section": section.name,
        "back": sections[number - 1].name if number else "",
        "widgets": _drawn(filling, section, problems),
        "carried": {k: v for k, v in filling.typed.items() if not any(f.owns(k) for f in asked)},
        "action": filling.path,
        "key": filling.key,
        "reviewed": filling.reviewed,
        "saying": "step" if filling.key else "",
    }


def _drawn(filling: Filling, section: Section, problems: Sequence[Problem]) -> list[Widget]:
    typed = {**_defaults(filling, section), **filling.typed}
    return widgets(filling.words, section.fields, typed, problems, more=filling.more)


def _defaults(filling: Filling, section: Section) -> dict[str, str]:
    """Known data is filled in: a field's default from what was typed in earlier steps."""
    typed = filling.typed
    return {
        f.name: next((typed[d] for d in f.defaults if typed.get(d)), "")
        for f in section.fields
        if f.default
    }


def _loose(words: Words, problems: Sequence[Problem], section: Section) -> list[SummaryError]:
    asked = section.fields
    loose = (p for p in problems if not any(f.owns(p.field) for f in asked))
    return [SummaryError("", words.problem(p)) for p in loose]


def whole_page(name: str, language: str, title: str, **known: object) -> str:
    """A page of ours from its template; ``languages`` says whether its address takes ``lang``,
    ``kept`` what else it keeps."""
    base: dict[str, object] = {
        "languages": False,
        "kept": "",
        "saying": "",
        "wrong": [],
        "language": language,
        "text": partial(page_text, language),
        "organisation": lambda key: setting(key, language),
        "release": RELEASE,
    }
    return unbroken(template(name).render(**{**base, **known, "title": title}))

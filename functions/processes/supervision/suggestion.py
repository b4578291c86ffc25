"""Which supervisor suits an application: what is suggested first, why, and what to think of.

Nobody is ever ruled out: a supervisor who does not fit comes later, with a warning in words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from functions.kernel.case import Case
from functions.kernel.fields import Answers, Field
from functions.kernel.people import Listing
from functions.kernel.ranking import Facet, Judgement, Ranking, RankingColumn, Remark

CELL = 120  # characters of a long text that fit into the list
# No supervisor tells whether they do these.
OTHER_SERVICES = ("leadership", "consultation", "development")
WRITTEN_TO = "written_to"  # the language in which those to be supervised get their mails
_COUNTED = 10  # up to which free places are told exactly
_WORD = re.compile(r"\w{4,}")


def judge(answers: Answers, listing: Listing) -> Judgement:
    """How ``listing`` suits an application with these answers.

    First come those with the fewest warnings; among them the warning of a wrong form weighs
    most, then language, room and length. Then a place that suits, then more room, then a
    shorter queue. What is not told is no warning, but a fit that is known comes before it.
    """
    form = _has(listing, "forms", _guided(answers))
    language = _has(listing, "languages", _spoken(answers))
    full, long, far = _fullness(listing), _too_long(answers, listing), _distance(answers, listing)
    misses = (form is False, language is False, full > 0, long)
    vacancy = free(listing)
    return Judgement(
        order=(
            sum(misses),
            int(form is False),
            int(language is False),
            full,
            int(long),
            int(form is None) + int(language is None),
            far,
            -(vacancy or 0),
            _number(listing, "queued") or 0,
        ),
        why=_why(answers, listing, form, language),
        warnings=_warnings(answers, listing, misses),
        badge=_badge(listing),
    )


def _guided(answers: Answers) -> object:
    """The form of supervision: an order names the service, which need not be supervision."""
    service = answers.get("service")
    return answers.get("form_of_supervision") or (None if service in OTHER_SERVICES else service)


def _spoken(answers: Answers) -> object:
    """The language of supervision: what was wished for, else that of their mails."""
    return answers.get("supervision_language") or answers.get(WRITTEN_TO)


def written_to(case: Case) -> dict[str, str]:
    """The language in which most of those to be supervised get their mails, and where there are
    none yet, that of the case."""
    parties = case.holders("supervisee") or case.holders("applicant")
    languages = Counter(party.language for party in parties)
    highest = max(languages.values(), default=0)
    found = [language for language, times in languages.items() if times == highest]
    return {WRITTEN_TO: case.language if case.language in found or not found else found[0]}


def free(listing: Listing) -> int | None:
    """How many more processes fit when everything offered is accepted; None if not told."""
    maximum = _number(listing, "maximum")
    if maximum is None:
        return None
    taken = (_number(listing, name) or 0 for name in ("ongoing", "queued"))
    return max(0, maximum - sum(taken))


def _has(listing: Listing, fact: str, wished: object) -> bool | None:
    """Whether a wish is met; None if there is none that can be judged."""
    value = _list(listing, fact)
    if not value or not wished or wished == "other":
        return None
    return wished in value


def _fullness(listing: Listing) -> int:
    """2 at the maximum already, 1 if those queued lead there, 0 with room or not told."""
    maximum = _number(listing, "maximum")
    if maximum is None or free(listing):
        return 0
    return 2 if (_number(listing, "ongoing") or 0) >= maximum else 1


def _too_long(answers: Answers, listing: Listing) -> bool:
    longest, sessions = _number(listing, "longest_new_process"), answers.get("number_of_sessions")
    return longest is not None and isinstance(sessions, int) and sessions > longest


def _distance(answers: Answers, listing: Listing) -> int:
    """0 if the wished way of meeting is possible, 1 if it may be, 2 if it seems not to be."""
    mode, online = answers.get("mode"), listing.facts.get("online")
    wish, rank = str(answers.get("place", "")), _text(listing, "place")
    if mode == "online":
        return (0 if online else 2) if isinstance(online, bool) else 1
    if not mode and not wish:
        return 0
    if rank and (not wish or _near(wish, rank)):
        return 0
    maybe = rank or online is None or (online is True and mode == "hybrid")
    return 1 if maybe else 2


def _near(one: str, other: str) -> bool:
    """Whether two places share a word, whatever its case: Mallila, Mallilassa."""
    words = [[w.casefold() for w in _WORD.findall(text)] for text in (one, other)]
    return any(a.startswith(b) or b.startswith(a) for a in words[0] for b in words[1])


def _why(
    answers: Answers, listing: Listing, form: bool | None, language: bool | None
) -> tuple[Remark, ...]:
    """The reasons for a supervisor, a part of one sentence each."""
    values = {
        "guided": _guided(answers),
        "spoken": _spoken(answers),
    }
    match = ("form_language" if language else "form") if form else "language" if language else ""
    remarks = [Remark(f"why.{match}", values)] if match else []
    rank, online = _text(listing, "place"), listing.facts.get("online") is True
    if rank and _near(str(answers.get("place", "")), rank) and answers.get("mode") != "online":
        remarks.append(Remark("why.place", {"place": rank}))
    if online and answers.get("mode") in ("online", "hybrid"):
        remarks.append(Remark("why.online"))
    if vacancy := free(listing):
        many = "why.vacancy_many" if vacancy > _COUNTED else "why.vacancy"
        remarks.append(Remark(many, {"vacancy": min(vacancy, _COUNTED)}))
    return tuple(remarks)


def _warnings(
    answers: Answers, listing: Listing, misses: tuple[bool, bool, bool, bool]
) -> tuple[Remark, ...]:
    form, language, full, long = misses
    remarks = []
    if form:
        remarks.append(Remark("warning.form", {"guided": _guided(answers)}))
    if language:
        remarks.append(Remark("warning.language", {"spoken": _spoken(answers)}))
    if full:
        counts = {name: _number(listing, name) or 0 for name in ("ongoing", "maximum")}
        code = "warning.full" if _fullness(listing) > 1 else "warning.queue"
        remarks.append(Remark(code, counts))
    if long:
        longest = listing.facts["longest_new_process"]
        sessions = answers["number_of_sessions"]
        remarks.append(Remark("warning.long", {"sessions": sessions, "longest": longest}))
    return tuple(remarks)


def _badge(listing: Listing) -> Remark | None:
    longest = _number(listing, "longest_new_process")
    return None if longest is None else Remark("badge.short", {"longest": longest})


def _number(listing: Listing, fact: str) -> int | None:
    value = listing.facts.get(fact)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(listing: Listing, fact: str) -> str:
    value = listing.facts.get(fact)
    return value if isinstance(value, str) else ""


def _list(listing: Listing, fact: str) -> tuple[str, ...]:
    value = listing.facts.get(fact)
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _localities(listing: Listing) -> tuple[str, ...]:
    rank = _text(listing, "place")
    online = ("online",) if listing.facts.get("online") is True else ()
    return (rank, *online) if rank else online


def _facts_named(fact: str) -> Callable[[Listing], tuple[str, ...]]:
    return lambda listing: _list(listing, fact)


def _vacancy(listing: Listing) -> tuple[str, ...]:
    return ("free",) if free(listing) else ()


def _least_vacancy_last(listing: Listing) -> int:
    return -(free(listing) or 0)


def suggestion(asked: Iterable[Field]) -> Ranking:
    """The ranking of supervisors; what the application asked gives the order of choices."""
    choices = {f.name: f.choices for f in asked}
    return Ranking(
        judge=judge,
        codes=(
            *(f"why.{c}" for c in ("form_language", "form", "language", "place", "online")),
            *(f"why.{c}" for c in ("vacancy", "vacancy_many")),
            *(f"warning.{c}" for c in ("form", "language", "full", "queue", "long")),
            "badge.short",
        ),
        facets=(
            Facet("form", "forms", _facts_named("forms"), choices["form_of_supervision"]),
            Facet("sector", "sectors", _facts_named("sectors")),
            Facet(
                "language", "languages", _facts_named("languages"), choices["supervision_language"]
            ),
            Facet("place", "places", _localities),
            Facet("vacancy", "vacancies", _vacancy, order=_least_vacancy_last),
        ),
        columns=(
            RankingColumn("load", ("load",), figure="figure"),
            RankingColumn("education", ("education",), cut=CELL),
            RankingColumn("experience", ("experience",), cut=CELL),
            RankingColumn("work", ("forms", "sectors")),
            RankingColumn("meeting", ("languages", "place", "online")),
        ),
        details=("contact", "email", "schedule"),
        derived=written_to,
    )

"""Words: spelling, the list of what not to say, numbers that bend, mails, equal numbers."""

import re
import shutil
import subprocess
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.urgency import paces
from functions.processes import NAMES, current
from functions.render.mail.mail import message, reference
from functions.render.text import dates
from functions.render.text.texts import mail_text, page_text
from tests.guards.test_guard_mails import MAILS, note, parts
from tests.guards.words import LIST, ROOT, Said, by_key, flat, keyed, said

WORDS = tomllib.loads(LIST.read_text(encoding="utf-8"))
LONGEST_SUBJECT = 60
LONGEST_DAY = date(2026, 9, 10)  # no short day is longer in English
SPELLER = {
    "fi": ("voikkospell",),
    "sv": ("hunspell", "-d", "sv_FI", "-l"),
    "en": ("hunspell", "-d", "en_GB", "-l"),
}
# That nothing is to be done; said once in a mail.
NOTHING = {
    "fi": r"ei(kä)? (sinun |siihen |sitä )?tarvitse",
    "sv": r"behöver (du )?(inte|inget)",
    "en": r"(do not|don't|not|no longer) (need|have) to",
}
LETTERS = r"[^\W\d_]"


# Spelling


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_spelled_as_a_dictionary_has_it(language: str) -> None:
    """Only what is installed is asked; names and rare words are on the list."""
    if not shutil.which(SPELLER[language][0]):
        pytest.skip(f"{SPELLER[language][0]} is not installed")
    unknown = misspelled(language, {w for one in said(language) for w in words(one.words)})
    known = {*WORDS["spelling"]["all"], *WORDS["spelling"][language]}
    assert sorted(unknown - known) == []


def words(text: str) -> list[str]:
    """The words of a text: letters, with hyphens and apostrophes inside."""
    return re.findall(rf"{LETTERS}+(?:[-’'.:]{LETTERS}+)*", text.replace("’", "'"))


def misspelled(language: str, found: set[str]) -> set[str]:
    """Which words a dictionary does not have."""
    asked = "\n".join(sorted(found)) + "\n"
    got = subprocess.run(
        SPELLER[language],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    if got.returncode:
        pytest.skip(f"no dictionary: {got.stderr.strip()}")
    if language != "fi":
        return set(got.stdout.split())
    return {line[2:].strip() for line in got.stdout.splitlines() if line.startswith("W:")}


# The list


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_says_what_the_list_says_otherwise(language: str) -> None:
    """``docs/words.toml`` has the pattern and what to say instead; the rest only gets less."""
    hits = Counter[str]()
    places: list[str] = []
    for one in said(language):
        for rule in rules(language):
            if found := re.search(rule["find"], one.words, re.IGNORECASE):
                hits[rule["find"]] += 1
                places.append(f"{one.where}: “{found[0]}”, say {rule['say']}")
    left = {k: int(n) for k, n in WORDS["left"].get(language, {}).items()}
    new = [p for p in places if not any(re.search(k, p, re.IGNORECASE) for k in left)]
    assert new == []
    assert {k: hits[k] for k in left} == left, "mended: lower the number in docs/words.toml"


def rules(language: str) -> list[dict[str, str]]:
    """The patterns of a language."""
    found: list[dict[str, str]] = WORDS[language]
    return found


def test_what_is_on_the_list_is_found() -> None:
    rule = next(r for r in rules("en") if "whom" in r["find"])
    assert re.search(rule["find"], "the person to whom we write", re.IGNORECASE)


# Numbers


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_noun_after_a_number_has_both_forms(language: str) -> None:
    """“1 characters left” is a fault: a text with a number before a noun has ``one`` and ``many``."""
    assert [one.where for one in keyed(language) if unbent(one, language)] == []


def unbent(one: Said, language: str) -> bool:
    """Whether a text has a number before a noun and only one form."""
    if one.key.rpartition(".")[2] in ("one", "many") or _paired(one.key):
        return False
    same = "|".join(map(re.escape, WORDS["numbers"][language]))
    return bool(
        re.search(
            rf"\{{({'|'.join(WORDS['numbers']['names'])})\}} (?!({same})\b){LETTERS}", one.text
        )
    )


def _paired(key: str) -> bool:
    """The spans of diagrams have a text for one beside that for many."""
    return bool(re.search(r"\bdiagram\.(within|after)\.\w+s$", key))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_forms_are_shown_by_the_number(language: str) -> None:
    keys = {one.key for one in keyed(language)}
    pairs = {k.removesuffix(".many") for k in keys if k.endswith(".many")}
    pairs = {key for key in pairs if f"{key}.one" in keys}
    assert pairs
    for key in pairs:
        shown = [
            page_text(language, key, **(_any(language, key) | _first(language, key, n)))
            for n in (1, 2)
        ]
        one, many = (page_text(language, f"{key}.{form}", **(_any(language, key) | _first(language, key, n)))
                     for form, n in (("one", 1), ("many", 2)))  # fmt: skip
        assert shown == [one, many]


def _names(language: str, key: str) -> list[str]:
    text = next(o.text for o in keyed(language) if o.key == f"{key}.many")
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _any(language: str, key: str) -> dict[str, int]:
    return dict.fromkeys(_names(language, key), 7)


def _first(language: str, key: str, number: int) -> dict[str, int]:
    return {_names(language, key)[0]: number}


def test_number_before_a_noun_is_found() -> None:
    assert unbent(Said("x", "y", "{count} characters left"), "en")
    assert not unbent(Said("x", "y", "Supervisors: {count} of {total}."), "en")


# The same numbers in every language


def test_every_key_has_the_same_numbers_in_every_language() -> None:
    fi, sv, en = (by_key(language) for language in LANGUAGES)
    assert fi.keys() == sv.keys() == en.keys()
    differing = {
        key: found
        for key in fi
        if len(set(found := [_numbers(texts[key]) for texts in (fi, sv, en)])) > 1
        and key not in WORDS["numbers"]["differ"]
    }
    assert differing == {}


def _numbers(text: str) -> tuple[str, ...]:
    """The numbers of a text in order of size, however the language writes them."""
    bare = re.sub(r"\{[^}]*\}|\S+@\S+|\+358[\d  ]+|0\d\d \d{3} \d{4}", " ", text)
    bare = re.sub(r"(?<=\d)[  ,](?=\d{3}\b)", "", bare)
    found = re.findall(r"\d+(?:[.,]\d+)*", bare)
    return tuple(sorted(n.replace(",", ".") for n in found))


def test_numbers_are_read_in_every_language() -> None:
    assert _numbers("1 250,50 €") == _numbers("€1,250.50") == ("1250.50",)
    assert _numbers("7 days") != _numbers("14 päivää")


# Mails


@pytest.mark.parametrize(("process", "name", "language"), MAILS)
def test_mail_is_short_in_its_subject_and_says_things_once(
    process: str, name: str, language: str
) -> None:
    assert mail_faults(process, name, language) == []
    if process and current(process).urgent:
        assert mail_faults(process, name, language, urgent=True) == []


def mail_faults(process: str, name: str, language: str, *, urgent: bool = False) -> list[str]:
    """What is too long, missing or said twice in a mail that is filled, also in an urgent case."""
    whole = replaced(process, name, language)
    filled = message(replace(whole, urgent=urgent, asks=urgent, helps=urgent))
    subject, plain = str(filled["Subject"]), parts(filled)[0]
    text = mail_text(process, name, language, urgent=urgent)
    said = " ".join([text.ask, *([] if _is_reminder(process, name) else text.body)])
    wants_day = "{deadline}" in said and _is_task(process, name)
    personal = page_text(language, "mail.personal")
    needless = re.findall(NOTHING[language], " ".join([text.ask, *text.body, text.silence]))
    only_once = [personal, *WORDS["mails"][language]]
    return [
        *[f"{len(subject)} letters: {subject}"] * (len(subject) > LONGEST_SUBJECT),
        *["nothing to be done, twice"] * (len(needless) > 1),
        *["no day in the subject"] * (wants_day and "{deadline_short}" not in text.subject),
        *["the reference twice"] * (bool(process) and plain.count(reference("abcdefghijklmnopqrst")) != 1),
        *["the link is personal, twice"] * (sum(plain.count(p) for p in only_once) != 1),
        *["two sentences in the subject"] * bool(re.search(r", (du kan|you can|linkki|länken)", subject)),
    ]  # fmt: skip


def replaced(process: str, name: str, language: str):  # type: ignore[no-untyped-def]
    told = note(process, name, language)
    return replace(told, deadline=LONGEST_DAY)


def _is_task(process: str, name: str) -> bool:
    return bool(process) and current(process).mail(name).purpose == "task"


def _is_reminder(process: str, name: str) -> bool:
    """Whether a mail comes after the day that its body names, or near it."""
    states = current(process).states if process else ()
    return any(timer.mail == name for state in paces(states) for timer in state.timers)


def test_longest_day_is_the_longest() -> None:
    days = [datetime(2026, m, d, 9, tzinfo=UTC) for m in range(1, 13) for d in range(1, 29)]
    assert len(_day(LONGEST_DAY)) == max(len(_day(day)) for day in days)


def _day(day: datetime) -> str:
    return dates.short_day(day, "en")


# One text in three languages


def test_organisation_says_everything_in_three_languages() -> None:
    """A text with words for people is not in one language alone."""
    whole = flat(ROOT / "functions" / "organisation.toml")
    alone = [
        key
        for key, text in whole.items()
        if key.rpartition(".")[2] not in LANGUAGES
        and key not in WORDS["organisation"]["one_language"]
        and re.search(rf"{LETTERS}{{4}}", text)
        and not re.search(r"@|https?:|^[A-Z0-9]+$|\.svg$", text)
    ]
    assert alone == []
    spoken = {key.rpartition(".")[0] for key in whole if key.rpartition(".")[2] in LANGUAGES}
    assert [k for k in spoken if any(f"{k}.{lang}" not in whole for lang in LANGUAGES)] == []


def test_all_processes_are_read() -> None:
    files = {one.file for one in keyed("fi")}
    assert all(f"functions/processes/{name}/texts/fi.toml" in files for name in NAMES)


# Who looks after applications: one word for them on all pages of a process, and on a page of the site.
ONE_WORD = {
    "fi": (r"työnohjauskoordinaattor", rf"(?<!{LETTERS})koordinaattor"),
    "sv": (r"handledningskoordinator", rf"(?<!{LETTERS})koordinator"),
}


# An order need be none of supervision, and has no such coordinator; boxes of diagrams hold the short
# word alone.
OF_ORDERS = re.compile(
    r"mails/(offer|remind_answer|\w+_order|called_off\w*)/|call_off|\.ordered\.|\boffered\b|: diagram"
)


def of_one(each: Said) -> str:
    """What a text is read together with: the texts of its process, or its page of the site."""
    process = re.match(r"functions/processes/\w+/", each.file)
    return process[0] if process else each.file


@pytest.mark.parametrize("language", ONE_WORD)
def test_role_has_one_word_on_a_page(language: str) -> None:
    found: dict[str, list[set[str]]] = {}
    for each in said(language):
        if not OF_ORDERS.search(each.where):
            kinds = found.setdefault(of_one(each), [set(), set()])
            for kind, pattern in zip(kinds, ONE_WORD[language], strict=True):
                if re.search(pattern, each.text, re.IGNORECASE):
                    kind.add(each.where)
    mixed = {where: sorted(short) for where, (long, short) in found.items() if long and short}
    assert mixed == {}
    assert any(long for long, _ in found.values())
    assert any(short for _, short in found.values())

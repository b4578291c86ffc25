"""Who hears of an act is told in a sentence, whether one or several do."""

import pytest

from functions.processes import current
from functions.render.text.words import Words
from tests.fakes import World
from tests.receipts import who_hears

APPLICANT, MANAGER, NAMED = ("applicant",), ("manager",), ("supervisee",)


@pytest.mark.parametrize(
    ("form", "roles", "reader", "told"),
    [
        (
            "individual",
            APPLICANT,
            "manager",
            {
                "fi": "Hakija saa tästä viestin.",
                "sv": "Sökanden får ett meddelande om detta.",
                "en": "The applicant will get an email about this.",
            },
        ),
        (
            "individual",
            ("applicant", "manager", "supervisor"),
            "coordinator",
            {
                "fi": "Hakija, esihenkilö ja työnohjaaja saavat tästä viestin.",
                "sv": "Sökanden, chefen och arbetshandledaren får ett meddelande om detta.",
                "en": "The applicant, the line manager and the supervisor will get an email about this.",
            },
        ),
        (
            "individual",
            ("manager", "applicant"),
            "applicant",
            {
                "fi": "Sinä ja esihenkilö saatte tästä viestin.",
                "sv": "Du och chefen får ett meddelande om detta.",
                "en": "You and the line manager will get an email about this.",
            },
        ),
        (
            "group",
            MANAGER,
            "manager",
            {
                "fi": "Saat tästä viestin.",
                "sv": "Du får ett meddelande om detta.",
                "en": "You will get an email about this.",
            },
        ),
        (
            "group",
            (*MANAGER, *NAMED),
            "coordinator",
            {
                "fi": "Lähettäjä ja ohjattavat saavat tästä viestin.",
                "sv": "Avsändaren och de handledda får ett meddelande om detta.",
                "en": "The sender and the supervisees will get an email about this.",
            },
        ),
        (
            "merged",
            NAMED,
            "coordinator",
            {
                "fi": "Hakijat saavat tästä viestin.",
                "sv": "Sökandena får ett meddelande om detta.",
                "en": "The applicants will get an email about this.",
            },
        ),
    ],
)
def test_who_hears(form: str, roles: tuple[str, ...], reader: str, told: dict[str, str]) -> None:
    definition, directory = current("supervision"), World().directory
    said = {
        lang: who_hears(Words(definition, lang, directory, form), roles, reader) for lang in told
    }
    assert said == told

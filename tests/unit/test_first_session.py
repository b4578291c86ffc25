"""The first session: who agrees on it, what its day can be, and what is said where there is none."""

import pytest

from functions.kernel import LANGUAGES
from functions.render.texts import mail_text, process_text

TOLD = ("accepted", "accepted_supervisee", "accepted_manager", "accepted_coordinator")
WEEKS = {"fi": "viiko", "sv": "veck", "en": "week"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_that_the_first_session_is_within_some_weeks(language: str) -> None:
    """The deadline is for recording its day; the session may be later, as was wished for."""
    for name in (*TOLD, "accepted_supervisor", "joined_manager"):
        body = mail_text("supervision", name, language).body
        assert not any(WEEKS[language] in paragraph for paragraph in body), name
    for name in (*TOLD, "accepted_supervisor"):
        assert "{deadline}" in mail_text("supervision", name, language).body[-1], name
    for key in ("next", "to.supervisor.next"):
        assert WEEKS[language] not in process_text("supervision", language, f"states.active.{key}")

"""Who may order extra sessions reads how, on the order's page and in its mail."""

import pytest

from functions.kernel import LANGUAGES
from functions.render.text.organisation import setting
from functions.render.text.texts import mail_text
from tests.orders import AGREED, Quotes
from tests.unit.test_over import page

HOW = {"fi": "haluat tilata lisäkertoja", "sv": "vill beställa sådana", "en": "want to order them"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("offered", [True, False])
def test_order_with_extra_sessions_says_whom_to_ask(language: str, *, offered: bool) -> None:
    world = Quotes()
    case_id = world.request("confirm")
    option = {"option_sessions": "2", "option_price": "100"} if offered else {}
    world.take(case_id, "quote", **option)
    for action in AGREED[2:]:
        world.take(case_id, action)
    world.take(case_id, "schedule")
    for day in ("2026-09-01", "2026-09-14"):
        world.until(day)
        read = page(world, case_id, "contact", language)
        assert (HOW[language] in read) == offered
        assert setting("email", language) in read
        assert HOW[language] not in page(world, case_id, "supervisor", language)
    assert world.case(case_id).state == "running"
    assert HOW[language] in " ".join(mail_text("quote", "started", language).body)

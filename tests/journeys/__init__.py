"""Journeys through the whole product in a browser, from the site's own form to their ends."""

import pytest

# A failure in these tells what was found instead, as in a test itself.
pytest.register_assert_rewrite("tests.journeys.browser", "tests.journeys.journey")

"""How a cancellation was computed is told with its day, and not where it explains nothing."""

from functions.processes.quote.forms import FEE_FACTS
from tests.orders import DATED, Quotes


def test_invoice_of_the_price_tells_no_earlier_calculation() -> None:
    """One place is cancelled long before the start, and the rest is invoiced in full."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.take(case_id, "cancel_one")
    assert "days_left" in world.case(case_id).answers
    world.until("2026-09-14")
    told = world.invoice_of(case_id).answers
    assert told["cancelled_participants"] == 1
    assert not {f.name for f in FEE_FACTS} & told.keys()


def test_calculation_that_stays_has_its_day() -> None:
    """On the order and on the invoice of the fee, whenever they are read."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-12")
    day = world.clock.now().date().isoformat()
    world.take(case_id, "cancel")
    bill = world.invoice_of(case_id)
    assert bill.answers["fee_day"] == day == world.case(case_id).answers["fee_day"]
    assert int(str(bill.answers["fee"])) > 0

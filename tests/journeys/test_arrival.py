"""Each kind of page arrives in pieces over a slow line, many times; all that it holds has size.

A browser that lays out a page while it arrives may lose parts of it for good: no size, not after
scrolling either. ``KAPULA_LOADS=60`` loads each page 60 times.
"""

import os
from dataclasses import replace

import pytest

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.directory import DirectoryFile
from functions.services.case import apply
from tests.document_fixtures import einvoice
from tests.fakes import APPLICATION, DIRECTORY, World
from tests.journeys.arriving import slowly
from tests.orders import DATED, Quotes

LOADS = int(os.environ.get("KAPULA_LOADS", "3"))
SIZES = """() => [...document.querySelectorAll('main *')].map(each => {
    const box = each.getBoundingClientRect();
    return `${each.tagName} ${each.id} ${each.className} ${Math.round(box.width)}x${Math.round(box.height)}`;
})"""
# Everything is laid out anew, as it would have been had it arrived at once.
ANEW = """() => {
    const html = document.documentElement;
    html.style.display = 'none';
    html.getBoundingClientRect();
    html.style.display = '';
}"""
ON_THE_SITE = ("/", "/tyonohjaus/hae/", "/tyonohjaus/kuka-nakee/", "/tyonohjaus/nain-se-etenee/", "/tarjouspyynto/")  # fmt: skip


def pages() -> dict[str, str]:
    """One page of each kind that the functions make, by the path it is served at here."""
    world = World()
    sulo = DIRECTORY[5]
    more = [
        replace(sulo, key=f"sulo{n}", facts={**sulo.facts, "email": f"sulo{n}@example.org"})
        for n in range(15)
    ]
    world.directory.save(DirectoryFile(tuple(more)))
    made: dict[str, str] = {}
    tasks = party.create_app(world.services).test_client()
    ways = {
        "unconfirmed": ((), "applicant"),
        "submitted": (("confirm",), "manager"),
        "returned": (("confirm", "return"), "applicant"),
        "coordinating": (("confirm", "endorse"), "coordinator"),
        "offered": (("confirm", "endorse", "offer"), "supervisor"),
    }
    for state, (actions, role) in ways.items():
        case_id = world.case_at(*actions)
        made[f"/task-{state}"] = tasks.get(f"/api/t/{world.token(case_id, role)}").text
        world.clock.forward(days=1)
    world.index()
    desks = desk.create_app(world.services).test_client()
    home = f"/api/d/{world.desk('anna@example.org')}"
    for name in ("", "/merge", "/directory", "/directory/supervisors/testi"):
        made[f"/desk{name.replace('/', '-')}"] = desks.get(home + name).text
    made["/status"] = tasks.get(f"/api/t/{world.token(case_id, 'applicant', 'status')}").text
    made["/desk-people"] = desks.get(f"{home}/people/{case_id}").text
    forms = public.create_app(world.services).test_client()
    key = apply.mint_key(world.services)
    world.clock.forward(seconds=9)
    for step in ("supervision", "arrangements", "sending"):
        typed = {**APPLICATION, "_step": step, "_key": key, "_lang": "fi"}
        made[f"/step-{step}"] = forms.post("/api/forms/supervision/individual", data=typed).text
    made["/supervisors"] = forms.get("/api/supervisors").text
    return made | sold()


def sold() -> dict[str, str]:
    """Pages of a quote, an order and an invoice."""
    made: dict[str, str] = {}
    for name, actions, role, purpose in (
        ("review", ("confirm",), "coordinator", "task"),
        ("quoted", ("confirm", "quote"), "contact", "task"),
        ("dated", DATED, "contact", "status"),
    ):
        world = Quotes()
        token = world.token(world.request(*actions), role, purpose)
        client = party.create_app(world.services).test_client()
        made[f"/quote-{name}"] = client.get(f"/api/t/{token}").text
    world.until("2026-09-15")
    bill = next(c for c in map(world.case, world.cases.folders) if c.form == "invoice")
    path = f"/api/t/{world.token(bill.id, 'finance')}"
    made["/invoice-due"] = party.create_app(world.services).test_client().get(path).text
    world.take(bill.id, "invoice")
    path = f"/api/t/{world.token(bill.id, 'finance', 'status')}/documents/invoice"
    made["/document"] = (
        documents.create_app(world.services, lambda _: b"", einvoice).test_client().get(path).text
    )
    return made


PAGES = (
    *(f"/task-{s}" for s in ("unconfirmed", "submitted", "returned", "coordinating", "offered")),
    *("/desk", "/desk-merge", "/desk-directory", "/desk-directory-supervisors-testi"),
    *("/status", "/desk-people", "/quote-review", "/quote-quoted", "/quote-dated"),
    *("/invoice-due", "/document"),
    *("/step-supervision", "/step-arrangements", "/step-sending", "/supervisors"),
    *ON_THE_SITE,
)


@pytest.fixture(scope="module")
def server(site):
    with slowly(site, pages()) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_all_that_arrived_has_its_size(browser, server, path):
    lost = []
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        slow = context.new_cdp_session(page)
        for _ in range(LOADS):
            slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(server + path)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
            page.evaluate("document.fonts.ready")
            arrived = page.evaluate(SIZES)
            page.evaluate(ANEW)
            whole = page.evaluate(SIZES)
            lost += [[a for a, b in zip(arrived, whole, strict=True) if a != b]]
    assert len(arrived) > 10
    assert [sorted(each)[:3] for each in lost if each] == [], f"{sum(map(bool, lost))} of {LOADS}"

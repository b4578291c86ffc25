"""A case in which much has happened costs what a new one does: its acts, its mails, its page."""

import re
from dataclasses import replace
from typing import Any

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.engine import open_actions
from functions.kernel.errors import Broken, Done, Invalid
from functions.processes import current
from functions.render.text.texts import page_text
from functions.services.access.links import open_link
from functions.services.case.act import act
from functions.services.mail.deliver import deliver
from functions.services.ports import HISTORY_PAGE
from tests.fakes import MemoryCases, World, day_after

READS = ("case", "page", "entries", "load", "records", "several", "mails_to", "ordered")


class Counting(MemoryCases):
    """Cases that note what is read of them, and how much that is."""

    read: list[tuple[str, int]]

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in READS:
            return found

        def noted(*given: Any) -> Any:
            result, read = found(*given), super(Counting, self).__getattribute__("__dict__")
            history, summary = getattr(result, "history", ()), getattr(result, "summary", None)
            read.setdefault("read", []).append((name, len(repr((result, history, summary)))))
            return result

        return noted


def redated(world: World, case_id: str, entries: int) -> None:
    """Have the first session moved until the history has so many entries."""
    while world.case(case_id).revision + 1 < entries:
        day = day_after(31 + world.case(case_id).revision % 2)
        world.do(case_id, "redate", "status", first_session=day)


@pytest.fixture(scope="module", params=[10, 500])
def long(request: pytest.FixtureRequest) -> tuple[World, str]:
    """A supervision that goes on, with so many entries."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    world.cases.outbox.clear()
    redated(world, case_id, request.param)
    return world, case_id


COSTS: dict[str, list[list[tuple[str, int]]]] = {"act": [], "mail": []}


def counted(world: World) -> list[tuple[str, int]]:
    world.cases.__class__ = Counting
    read: list[tuple[str, int]] = world.cases.__dict__.setdefault("read", [])
    read.clear()
    return read


def same(costs: list[list[tuple[str, int]]]) -> None:
    """The same reads, of the same sizes but for numbers of more digits."""
    short, many = costs
    assert [name for name, _ in short] == [name for name, _ in many]
    assert all(abs(a - b) < 60 for (_, a), (_, b) in zip(short, many, strict=True))


def test_act_reads_the_same(long: tuple[World, str]) -> None:
    world, case_id = long
    token = world.token(case_id, "supervisor", "status")
    typed = {"action": "redate", "first_session": day_after(40), "_drawn": ""}
    typed["_drawn"] = str(world.case(case_id).revision)
    read = counted(world)
    act(world.services, token, typed, "fi")
    assert [name for name, _ in read] == ["case"]
    COSTS["act"].append(list(read))
    if len(COSTS["act"]) == 2:
        same(COSTS["act"])


def test_mail_reads_the_same(long: tuple[World, str]) -> None:
    world, case_id = long
    world.cases.outbox.clear()
    world.do(case_id, "redate", "status", first_session=day_after(44))
    (number, *_) = [key for key in world.pending() if key[0] == case_id]
    read = counted(world)
    assert deliver(world.services, *number) == "sent"
    assert [name for name, _ in read] == ["case"]
    COSTS["mail"].append(list(read))
    if len(COSTS["mail"]) == 2:
        same(COSTS["mail"])


def lines(text: str) -> list[str]:
    return re.findall(r'<li><time datetime="([^"]+)"', text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_the_newest_first_and_all_can_be_reached(
    long: tuple[World, str], language: str
) -> None:
    world, case_id = long
    client = party.create_app(world.services).test_client()
    link = f"/api/t/{world.token(case_id, 'coordinator', 'status')}?lang={language}"
    pages = [client.get(link).text]
    older = rf'<a href="([^"#]+)#history-title" rel="next">{page_text(language, "case.older")}<'
    while found := re.search(older, pages[-1]):
        pages.append(client.get(found.group(1).replace("&amp;", "&")).text)
        assert page_text(language, "case.newest") in pages[-1]
    assert page_text(language, "case.newest") not in pages[0]
    shown = [lines(text) for text in pages]
    assert max(map(len, shown)) <= HISTORY_PAGE
    told = world.cases.folders[case_id].told
    every = [e.sealed.event.at.isoformat(timespec="seconds") for e in reversed(told)]
    assert [at for each in shown for at in each] == every


def test_page_before_what_there_never_was(long: tuple[World, str]) -> None:
    world, case_id = long
    client = party.create_app(world.services).test_client()
    link = f"/api/t/{world.token(case_id, 'coordinator', 'status')}?lang=en"
    for before, count in (("0", 0), ("-5", 0), ("1", 1), ("x", 10), ("99999999", 10)):
        got = client.get(f"{link}&before={before}")
        assert got.status_code == 200
        assert min(10, len(lines(got.text))) == count


@pytest.fixture
def many() -> tuple[World, str]:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    redated(world, case_id, 160)
    return world, case_id


def test_form_that_was_drawn_long_ago_is_shown_as_the_case_is_now(many: tuple[World, str]) -> None:
    """Whether it was sent before, or what it is about was changed, nobody reads so far back."""
    world, case_id = many
    token = world.token(case_id, "coordinator", "status")
    typed = {"action": "interrupt", "interrupt_reason": "The supervisor has fallen ill."}
    with pytest.raises(Invalid) as moved:  # though nothing of the last hundred was about it
        act(world.services, token, {**typed, "_drawn": "20"}, "fi")
    assert [(p.field, p.code) for p in moved.value.problems] == [("action", "moved")]
    drawn = str(world.case(case_id).revision - 60)
    act(world.services, token, {**typed, "_drawn": drawn}, "fi")
    assert world.case(case_id).state != "running"


def test_form_that_was_sent_a_while_ago_is_not_done_again(many: tuple[World, str]) -> None:
    world, case_id = many
    token, day = world.token(case_id, "supervisor", "status"), day_after(60)
    drawn = str(world.case(case_id).revision)
    typed = {"action": "redate", "first_session": day, "_drawn": drawn}
    act(world.services, token, typed, "fi")
    number = world.case(case_id).revision
    redated(world, case_id, 200)
    with pytest.raises(Done) as done:
        act(world.services, token, typed, "fi")
    assert done.value.number == number


def test_break_is_told_where_it_is_read(many: tuple[World, str]) -> None:
    world, case_id = many
    folder = world.cases.folders[case_id]
    folder.told[40] = replace(folder.told[40], answers={"first_session": "2030-01-01"})
    client = party.create_app(world.services).test_client()
    token = world.token(case_id, "supervisor", "status")
    warned = {}
    for before in ("", "&before=110", "&before=60"):
        text = client.get(f"/api/t/{token}?lang=en{before}").text
        warned[before] = page_text("en", "broken.title") in text
        assert ('name="action"' in text) is not warned[before]
    assert warned == {"": False, "&before=110": False, "&before=60": True}
    assert folder.has_break


def test_break_that_a_form_was_drawn_before_refuses_it(many: tuple[World, str]) -> None:
    world, case_id = many
    folder = world.cases.folders[case_id]
    folder.told[158] = replace(folder.told[158], answers={"first_session": "2030-01-01"})
    token = world.token(case_id, "supervisor", "status")
    typed = {"action": "redate", "first_session": day_after(41), "_drawn": "100"}
    with pytest.raises(Broken):
        act(world.services, token, typed, "fi")
    assert folder.has_break


def test_page_of_a_correction_tells_what_changed_whatever_came_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    case_id = world.case_at("confirm", "return", "correct")
    for module in ("functions.entry.party.history", "tests.fakes"):
        monkeypatch.setattr(f"{module}.HISTORY_PAGE", 1)
    client = party.create_app(world.services).test_client()
    link = f"/api/t/{world.token(case_id, 'manager')}?lang=en"
    text = client.get(link).text
    assert len(lines(text)) == 1
    assert "I want to learn from my work." in text  # as it was before
    assert "I want to learn from my own work." in text


def test_link_to_act_is_open_in_a_long_case(many: tuple[World, str]) -> None:
    world, case_id = many
    opened = open_link(world.services, world.token(case_id, "supervisor", "status"))
    wanted = open_actions(current("supervision"), world.case(case_id), "supervisor", "status")
    assert opened.actions == wanted
    assert len(opened.record.history) == 1

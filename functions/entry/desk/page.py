"""From an opened desk and what its address asks for to its page."""

from collections.abc import Mapping, Sequence

from functions.kernel.desk import list_named, name_of
from functions.kernel.errors import Refused
from functions.render.desk.desk import DeskList, Frame, Search, desk_page, drawn, found_page
from functions.render.desk.filters import selects, sought, tags
from functions.render.desk.tables import table_links
from functions.services.access.desk_links import Desk
from functions.services.container import Services
from functions.services.desk.duties import permits
from functions.services.desk.worklist import DeskPage, DeskQuery, find_cases, list_page, overview

LONGEST = 400  # characters of what is looked for
Asked = Mapping[str, str]


def show_desk(
    services: Services,
    desk: Desk,
    frame: Frame,
    asked: Asked,
    pages: Sequence[str],
    done: str = "",
) -> str:
    """The desk at first sight; with ``list`` one list alone, with ``find`` what was sought.
    ``done`` says what its person did just now."""
    if "find" in asked:
        return _found(services, desk, frame, asked)
    if "list" in asked:
        prefix = list_named(asked["list"])
        if prefix is None:
            raise Refused
        found = list_page(services, desk.person, prefix, asked.get("after", ""))
        return found_page(frame, _drawn(services, frame, found), None)
    seen = overview(services, desk.person)
    lists = [_drawn(services, frame, each) for each in (seen.todo, *seen.lists)]
    search = None
    if permits(desk.duties, "search"):
        search = Search(
            selects(services.directory, frame.language, {}, desk.duties),
            sought(frame.language, desk.duties),
        )
    tables = table_links(desk.duties, frame.path, frame.language)
    return desk_page(frame, lists, search, pages, tables, done)


def _found(services: Services, desk: Desk, frame: Frame, asked: Asked) -> str:
    if not permits(desk.duties, "search"):
        raise Refused
    drawn_selects = selects(services.directory, frame.language, asked, desk.duties)
    search = Search(
        drawn_selects, sought(frame.language, desk.duties), asked.get("q", "")[:LONGEST]
    )
    query = DeskQuery(tags(drawn_selects), search.text)
    found = find_cases(services, desk.person, query, asked.get("after", ""))
    address = {s.name: s.chosen for s in search.selects if s.chosen}
    address |= {"find": "1", "q": search.text}
    return found_page(frame, _drawn(services, frame, found, "found", address), search)


def _drawn(
    services: Services, frame: Frame, found: DeskPage, name: str = "", query: Asked | None = None
) -> DeskList:
    """A list with its heading; ``query`` is the address that goes on with it."""
    name = name or name_of(found.prefix)
    following = {**(query or {"list": name}), "after": found.next} if found.next else {}
    rows = [(x.definition, x.case, x.party, x.linked) for x in found.rows]
    now = services.clock.now()
    return drawn(frame, name, rows, following, now, found.broken_looked_after)

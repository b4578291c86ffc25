"""The diagram: drawn from any definition, the same each time, and the same in words."""

import re
from datetime import timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.definition import Action, Definition, Mail, Transition
from functions.kernel.fields import Form
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, State, Timer
from functions.processes.supervision.definition import VERSION_1
from infra.site import diagram as module
from infra.site.diagram import diagram, span
from infra.site.layout import anchors, enclosed
from infra.site.layout_parts import Bundle, Word, deal, spread, wide, wrap

DAY = timedelta(days=1)
SVG = "{http://www.w3.org/2000/svg}"


def made(
    rows: str,
    route: str,
    ends: str,
    clock: str = "",
    timers: dict[str, tuple[Timer, ...]] | None = None,
) -> Definition:
    """A definition from rows like ``a-go-b``; states and actions as they are met."""
    table = [row.split("-") for row in rows.split()]
    states = list(dict.fromkeys(n for a, _, b in table for n in (a, b)))
    actions = dict.fromkeys(action for _, action, _ in table)
    return Definition(
        name="made",
        version=1,
        forms=(Form("form", "one", (), table[0][0], tuple(route.split()), ()),),
        roles=(Role("one"),),
        owner="one",
        states=tuple(
            State(n, "", end=True)
            if n in ends.split()
            else State(n, "one", 3 * DAY, (timers or {}).get(n, ()))
            for n in states
        ),
        actions=tuple(Action(a, CLOCK if a in clock.split() else "one") for a in actions),
        transitions=tuple(Transition(action, a, b) for a, action, b in table),
        mails=(Mail("nudge", "one", "task"), Mail("tell", "two")),
        visibility={},
        new_link_mail=Mail("fresh", ""),
        handover_mail=Mail("handed", ""),
        bounced_mail=Mail("unreachable", "one"),
    )


LONG = made(
    "s1-a1-s2 s2-a2-s3 s3-a3-s4 s4-a4-s5 s5-a5-s6 s6-a6-s7 s7-a7-s8 s8-a8-end s2-ask-more "
    "more-answer-s2 s3-redo-s2 s6-again-s2 s5-skip-s7 s6-hold-s6 s2-no-lost s3-no-lost s4-stop-off "
    "s5-stop-off s6-stop-off off-fee-due due-pay-end more-lapse-gone s3-lapse-gone",
    "s1 s2 s3 s4 s5 s6 s7 s8 end",
    "end lost gone",
    "lapse",
)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are their own keys, for definitions that have no texts."""

    def said(process: str, _: str, key: str) -> str:
        parts = key.split(".")
        return parts[1].upper() if parts[0] in ("states", "turns") else parts[-1]

    monkeypatch.setattr(module, "process_text", said)
    monkeypatch.setattr(module, "form_text", lambda process, lang, _, key: said(process, lang, key))
    monkeypatch.setattr(module, "read_label", lambda process, lang, name: name)
    monkeypatch.setattr(module, "maybe", lambda *_: "")


def svg(html: str) -> ElementTree.Element:
    found = re.search("<svg.*</svg>", html, re.S)
    assert found
    return ElementTree.fromstring(found[0])


def boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    shapes = [e for e in root.iter(f"{SVG}rect") if "d-state" in e.get("class", "").split()]
    edges = [[float(e.get(k, "")) for k in ("x", "y", "width", "height")] for e in shapes]
    return [(x, y, x + w, y + h) for x, y, w, h in edges]


def words(html: str) -> list[str]:
    """The lines of the list, without markup."""
    spoken = html.partition("<ol>")[2].replace('<span aria-hidden="true">→</span>', "")
    return [t for t in (x.strip() for x in re.split("</?(?:li|ul|ol|br|strong)>", spoken)) if t]


def plainly(line: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", line)).strip()


FORMS = [form.name for form in VERSION_1.forms]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_diagram_of_supervision_names_every_state_and_is_allowed_by_policy(
    lang: str, form: str
) -> None:
    html = diagram(VERSION_1, lang, form)
    root = svg(html)
    ids = re.findall(r'id="([^"]+)"', html)
    assert ids == [f"d-supervision-{form}-{lang}-title", f"d-supervision-{form}-{lang}-desc"]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == " ".join(ids)
    assert "style" not in html
    assert len(boxes(root)) == len(VERSION_1.for_form(form).states)
    assert html == diagram(VERSION_1, lang, form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_diagram_of_supervision_fits_a_phone_and_nothing_overlaps(lang: str, form: str) -> None:
    _sound(svg(diagram(VERSION_1, lang, form)))


@pytest.mark.usefixtures("plain")
def test_diagram_of_a_long_process_with_loops_nothing_overlaps() -> None:
    _sound(svg(diagram(LONG, "en")))


def _sound(root: ElementTree.Element) -> None:
    _, _, width, height = (float(n) for n in root.get("viewBox", "").split())
    assert width <= 720
    found = boxes(root)
    assert all(min(a, b) >= 0 and c <= width and d <= height for a, b, c, d in found)
    for (a, b, c, d), (e, f, g, h) in combinations(found, 2):
        assert c <= e or g <= a or d <= f or h <= b
    for a, b, c, d in strokes(root):  # no line runs through a box
        assert not any(a < g - 1 and c > e + 1 and b < h - 1 and d > f + 1 for e, f, g, h in found)
    for (a, b, c, d), (e, f, g, h) in combinations(lines_of_text(root), 2):
        assert c <= e or g <= a or d <= f or h <= b


def strokes(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The bounds of every straight piece of every line."""
    pieces = []
    for path in root.iter(f"{SVG}path"):
        if "m-5" in path.get("d", ""):
            continue  # a clock face
        ends = re.findall(r"(?:[ML]|Q\S+ \S+ )([\d.-]+) ([\d.-]+)", path.get("d", ""))
        points = [(float(x), float(y)) for x, y in ends]
        pieces += [
            (min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in pairwise(points)
        ]
    return pieces


def lines_of_text(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """About the room that every line of words takes, a little less to be fair."""
    rooms = []
    for text in root.iter(f"{SVG}text"):
        if not text.text:
            continue
        size = float(text.get("font-size", ""))
        width, x, y = (
            wide(text.text, size) * 0.95,
            float(text.get("x", "")),
            float(text.get("y", "")),
        )
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[text.get("text-anchor", "")]
        rooms.append((left, y - size * 0.7, left + width, y))
    return rooms


@pytest.mark.usefixtures("plain")
def test_diagram_route_straight_down_and_the_rest_beside_it() -> None:
    found = boxes(svg(diagram(LONG, "en")))
    names = [s.name for s in LONG.states]
    column = [found[n] for n in sorted(range(len(names)), key=lambda n: found[n][1])]
    left = min(x for x, *_ in found)
    assert sum(x == left for x, *_ in column) == len(LONG.forms[0].route)
    assert len({x for x, *_ in found}) == 2


@pytest.mark.usefixtures("plain")
def test_diagram_clock_dashed_and_both_ways_merged() -> None:
    root = svg(diagram(made("a-go-b a-rush-b b-no-a b-rot-c", "a b c", "c", "rot no"), "en"))
    lines = [
        e.get("class")
        for e in root.iter(f"{SVG}path")
        if "m-5" not in e.get("d", "") and "Z" not in e.get("d", "")
    ]
    heads = ["d-edge d-back", "d-edge d-main", "d-edge d-main", "d-edge d-main"]
    assert sorted(str(x) for x in lines) == sorted(
        [*heads, "d-edge d-back d-clock", "d-edge d-main", "d-edge d-main", "d-edge d-main d-clock"]
    )


@pytest.mark.usefixtures("plain")
def test_diagram_without_a_frame_says_where_from() -> None:
    apart = made("a-go-b b-go2-c c-go3-d d-go4-e a-stop-x b-stop-x d-stop-x", "a b c d e", "e x")
    html = diagram(apart, "en")
    assert "d-group" not in html
    said = " ".join(str(t.text) for t in svg(html).iter(f"{SVG}text"))
    assert "X stop (one), from stages A, B, D" in said
    assert said.count("stop") == 1


@pytest.mark.usefixtures("plain")
def test_words_tell_everything() -> None:
    timers = {
        "a": (Timer(DAY, mail="nudge"), Timer(2 * DAY, mail="tell"), Timer(3 * DAY, action="rot"))
    }
    html = diagram(made("a-go-b a-stay-a a-rot-b b-end-z", "a b z", "z", "rot", timers), "en")
    assert [plainly(x) for x in words(html.partition("</ol><p>")[0])] == [
        "A",
        "ONE, 3 days to act.",
        "one go goes to stage B",
        "one stay: stays in the same stage",
        "After 1 day: reminder (one)",
        "After 2 days: notice (two)",
        "After 3 days: rot goes to stage B",
        "B",
        "ONE, 3 days to act.",
        "one end goes to stage Z",
        "Z",
        "This is the last stage.",
    ]


def test_diagram_texts_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("process_text", "form_text", "read_label", "maybe"):
        monkeypatch.setattr(module, name, lambda *_: '<b> & "')
    html = diagram(made("a-go-b", "a b", "b"), "en")
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("length", "words_"),
    [
        (DAY, "After 1 day"),
        (7 * DAY, "After 7 days"),
    ],
)
def test_span_in_words(length: timedelta, words_: str) -> None:
    assert span("en", "after", length).replace("\u00a0", " ") == words_


def test_anchors_beside_the_first_and_below_a_frame() -> None:
    bundle = Bundle(("b", "c", "s"), "x", ())
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("b", "s"), ("s", "t")]
    route = ["a", "b", "c", "d"]
    rows = anchors([*route, "s", "t", "x"], route, pairs, [bundle], bundle)
    assert rows == {"a": 0, "b": 1, "c": 2, "d": 3, "s": 1, "t": 1, "x": 3}
    assert not enclosed(bundle, rows, route)  # t would stand inside
    assert enclosed(bundle, rows | {"t": 0}, route)


def test_wrap_breaks_between_words_only() -> None:
    lines = wrap([Word("one two three", clock=True), Word("unbreakable", "name")], 64)
    assert lines == [Word("one", clock=True), Word("two three"), Word("unbreakable", "name")]


def test_deal_overlapping_spans_in_lanes_of_their_own() -> None:
    assert deal([(0, 10), (20, 30), (5, 25), (50, 60)]) == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [([20, 50], [20, 50]), ([20, 22], [20, 33]), ([99, 99], [77, 90]), ([1, 2], [10, 23])],
)
def test_spread_keeps_order_and_distance(wanted: list[float], places: list[float]) -> None:
    assert spread(wanted, 10, 90, 13) == places

"""The lines of a diagram and the words on them, once every state has its place."""

from typing import Literal

from infra.site.layout import EDGE, Layout
from infra.site.layout_parts import (
    LANE,
    PAD,
    SMALL_LINE,
    Box,
    Link,
    Picture,
    Polyline,
    Text,
    Word,
    high,
    set_block,
    wrap,
)

TAIL = 18  # how far from its left edge a line down leaves a box of the second column


def draw(plan: Layout) -> Picture:
    """The whole picture of a plan."""
    picture = Picture(plan.width, plan.height)
    _boxes(plan, picture)
    _frame(plan, picture)
    _straight(plan, picture)
    _lefts(plan, picture)
    _mids(plan, picture)
    _downs(plan, picture)
    _rights(plan, picture)
    return picture


def _boxes(plan: Layout, out: Picture) -> None:
    lines = wrap(plan.start, plan.main_w - 2 * PAD)
    first = plan.boxes[plan.route[0]]
    out.start = Box("", first.x, EDGE, first.w, plan.start_h)
    centre = first.x + first.w / 2
    out.begin = set_block(lines, centre, EDGE + (plan.start_h - high(lines)) / 2, "middle")
    out.lines.append(Polyline(((centre, out.start.bottom), (centre, first.y)), main=True))
    for box in plan.boxes.values():
        out.boxes.append(box)
        lines = wrap(plan.nodes[box.name].words, box.w - 2 * PAD)
        top = box.y + (box.h - high(lines)) / 2
        out.texts += set_block(lines, box.x + box.w / 2, top, "middle")


def _frame(plan: Layout, out: Picture) -> None:
    """The frame around the states that share a way out, and that way."""
    if not plan.frame:
        return
    out.frames.append(
        Box("", EDGE, plan.frame_top, plan.width - 2 * EDGE, plan.frame_bottom - plan.frame_top)
    )
    x, target = plan.side_x + TAIL, plan.boxes[plan.frame.target]
    out.lines.append(Polyline(((x, plan.frame_bottom), (x, target.y))))
    _label(plan.frame.words, x + 10, plan.side_w - 28, (plan.frame_bottom, target.y), out)


def _label(
    words: tuple[Word, ...], x: float, width: float, span: tuple[float, float], out: Picture
) -> None:
    """Words beside a line down, in the middle of its length but for the arrow."""
    lines = wrap(words, width)
    out.texts += set_block(lines, x, (sum(span) - high(lines)) / 2 - 3)


def _area(plan: Layout, row: int) -> tuple[float, float]:
    """The free height above a row of the first column, clear of the frame's edges."""
    below = plan.boxes[plan.route[row]].y if row < len(plan.route) else plan.height
    above = plan.boxes[plan.route[row - 1]].bottom
    if plan.frame and row == plan.first:
        return above, plan.frame_top
    if plan.frame and row == plan.final + 1:
        return plan.frame_bottom, below
    return above, below


def _straight(plan: Layout, out: Picture) -> None:
    for link in plan.straight:
        source, target = plan.boxes[link.source], plan.boxes[link.target]
        x = source.x + source.w / 2
        ends = ((x, source.bottom), (x, target.y))
        out.lines.append(Polyline(ends, clock=link.clock, main=True))
        area = _area(plan, plan.rows[link.target])
        _label(link.words, x + 10, plan.main_w / 2 + 8, area, out)


def _lefts(plan: Layout, out: Picture) -> None:
    """Ways back and ahead along the first column, each in its lane."""
    ports: dict[tuple[Link, str], float] = {}
    for name in plan.route:
        box, touching = plan.boxes[name], [k for k in plan.lefts if name in (k.source, k.target)]
        touching.sort(key=lambda k: _turn_order(plan, k, name))
        for number, link in enumerate(touching, 1):
            ports[link, name] = box.y + box.h * number / (len(touching) + 1)
    for link in plan.lefts:
        x = plan.main_x - (plan.left_lanes[link] + 1) * LANE - 6
        a, b = ports[link, link.source], ports[link, link.target]
        corners = ((plan.main_x, a), (x, a), (x, b), (plan.main_x, b))
        out.lines.append(Polyline(corners, clock=link.clock, back=plan.back(link)))
    for row in range(1, len(plan.route) + 1):
        blocks = plan.labels(row)
        top, bottom = _area(plan, row)
        top += (bottom - top - sum(high(block) + 4 for block in blocks)) / 2
        for block in blocks:
            out.texts += set_block(block, plan.main_x, top)
            top += high(block) + 4


def _turn_order(plan: Layout, link: Link, name: str) -> tuple[int, int]:
    """Lines up leave above lines down, and each so that none crosses its neighbour."""
    other = link.target if link.source == name else link.source
    up = plan.rows[other] < plan.rows[name]
    return (0, plan.left_lanes[link]) if up else (1, -plan.left_lanes[link])


def _mids(plan: Layout, out: Picture) -> None:
    """Lines between the columns; the words stand at the second column's end."""
    edge = plan.main_x + plan.main_w
    for link in plan.mids:
        a, b = plan.main_ports[link], plan.ports[link]
        points: tuple[tuple[float, float], ...] = ((edge, b), (plan.side_x, b))
        if link in plan.lanes:
            x = edge + 10 + plan.lanes[link] * LANE
            points = ((edge, a), (x, a), (x, b), (plan.side_x, b))
        back = link.target in plan.route
        ends = points[::-1] if back else points
        out.lines.append(Polyline(ends, clock=link.clock, back=back))
        lines = wrap(link.words, plan.label_w)
        centre = (plan.label_x + plan.side_x) / 2
        out.texts += set_block(lines, centre, b - 5 - high(lines) + 1, "middle")


def _downs(plan: Layout, out: Picture) -> None:
    for link in plan.downs:
        source, target = plan.boxes[link.source], plan.boxes[link.target]
        x = source.x + TAIL
        out.lines.append(Polyline(((x, source.bottom), (x, target.y)), clock=link.clock))
        _label(link.words, x + 10, plan.side_w - 28, (source.bottom, target.y), out)


def _rights(plan: Layout, out: Picture) -> None:
    """Lines between states of the second column that are no neighbours, right of it."""
    for link in plan.rights:
        source, target = plan.boxes[link.source], plan.boxes[link.target]
        lane, x = plan.right_lanes[link], source.right
        out_x, a, b = x + (lane + 1) * LANE, source.y + source.h * 0.7, target.y + target.h * 0.3
        back = target.y < source.y
        corners = ((x, a), (out_x, a), (out_x, b), (x, b))
        out.lines.append(Polyline(corners, clock=link.clock, back=back))
        before = sum(
            high(wrap(k.words, plan.side_w - 28)) for k in plan.downs if k.source == link.source
        )
        top = source.bottom + 4 + before
        anchor: Literal["end"] = "end"
        for word in wrap(link.words, plan.side_w - 28):
            out.texts.append(Text(x, top + SMALL_LINE - 5, word, anchor))
            top += SMALL_LINE

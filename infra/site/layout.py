"""The positions of a diagram's parts: numbers only, no words and no markup.

The route goes straight down the first column. Every other state is in a second column, next to the
state that leads to it. Lines between the columns run in lanes that are assigned so that they cross
as little as possible; ways back up run left of the first column. An action that is possible in a
whole stretch of states is one frame around them with one line out (a statechart's superstate)
instead of a line from each.
"""

from collections.abc import Sequence
from itertools import pairwise

from infra.site.layout_parts import (
    GAP,
    LABEL_WIDTH,
    LANE,
    MAIN_WIDTH,
    PAD,
    SIDE_WIDTH,
    Box,
    Bundle,
    Link,
    Node,
    Word,
    deal,
    high,
    longest,
    spread,
    wrap,
)

EDGE, RIM = 4, 12  # the picture's margin; the frame's distance from what it holds


def anchors(
    names: Sequence[str],
    route: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    bundles: Sequence[Bundle],
    frame: Bundle | None,
) -> dict[str, int]:
    """The row of every state: its place on the route, or that of the first to lead to it.

    Where a frame leads stands one row below the last state in it; so does what only
    bundles lead to.
    """
    rows = {name: row for row, name in enumerate(route)}
    below = {b.target: _below(b, route) for b in reversed(bundles)}
    if frame:
        rows.setdefault(frame.target, below[frame.target])
    rest = [name for name in names if name not in rows]
    while rest:
        near = {n: [rows[a] for a, b in pairs if b == n and a in rows] for n in rest}
        found = {n: min(at) for n, at in near.items() if at}
        rows |= found or {rest[0]: below.get(rest[0], len(route) - 1)}
        rest = [name for name in rest if name not in rows]
    return rows


def _below(bundle: Bundle, route: Sequence[str]) -> int:
    spanned = [row for row, name in enumerate(route) if name in bundle.sources]
    return max(spanned, default=len(route) - 2) + 1


def enclosed(bundle: Bundle, rows: dict[str, int], route: Sequence[str]) -> bool:
    """Whether a frame around the bundle's states would hold them all and nothing else."""
    spanned = [rows[s] for s in bundle.sources if s in route]
    if not spanned or bundle.target in route:
        return False
    inside = {n for n, row in rows.items() if min(spanned) <= row <= max(spanned)}
    return inside == set(bundle.sources)


class Layout:
    """Every state in its place: heights first, then columns. ``layout_lines`` joins them.

    ``route`` begins with the start; ``rows`` are what ``anchors`` says.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        route: Sequence[str],
        rows: dict[str, int],
        links: Sequence[Link],
        frame: Bundle | None,
        start: Sequence[Word],
    ) -> None:
        self.nodes = {n.name: n for n in nodes}
        self.route, self.rows, self.frame, self.start = tuple(route), rows, frame, start
        last = max(rows.values())
        side = [n.name for n in nodes if n.name not in self.route]
        if frame:  # its target first, straight under the frame
            side.sort(key=lambda name: name != frame.target)
        self.stacks = [[n for n in side if rows[n] == row] for row in range(last + 1)]
        self.column = [n for stack in self.stacks for n in stack]
        self._sort(links)
        words = {n.name: n.words for n in nodes}
        gaps = [block for row in range(len(self.route) + 1) for block in self._leaving(row)]
        widths = [2 * longest(block) + 36 for block in gaps]  # clear of the usual way's line
        self.main_w = max(MAIN_WIDTH, *(longest(words[n]) + 2 * PAD for n in self.route), *widths)
        self.side_w = max([SIDE_WIDTH, *(longest(words[n]) + 2 * PAD for n in self.column)])
        self.label_w = max([LABEL_WIDTH, *(longest(link.words) for link in self.mids)])
        spanned = [rows[s] for s in frame.sources if s in self.route] if frame else []
        self.first, self.final = (min(spanned), max(spanned)) if spanned else (-9, -9)
        self.tops: dict[str, float] = {}
        self.heights: dict[str, float] = {}
        self.ports: dict[Link, float] = {}  # where a line meets the second column
        self.frame_top = self.frame_bottom = 0.0
        self._rows()
        self._columns()

    def _sort(self, links: Sequence[Link]) -> None:
        """Which way each line runs: straight on, left of, between, down or right of."""
        forward, downward = set(pairwise(self.route)), set(pairwise(self.column))
        ends = {link: (link.source, link.target) for link in links}
        on_route = {k: [n in self.route for n in pair] for k, pair in ends.items()}
        self.straight = [k for k in links if ends[k] in forward]
        self.lefts = [k for k in links if all(on_route[k]) and ends[k] not in forward]
        self.lefts.sort(key=lambda k: abs(self.rows[k.source] - self.rows[k.target]))
        self.mids = [k for k in links if any(on_route[k]) and not all(on_route[k])]
        self.downs = [k for k in links if ends[k] in downward]
        self.rights = [k for k in links if not any(on_route[k]) and ends[k] not in downward]

    # Heights

    def _rows(self) -> None:
        begin = high(wrap(self.start, self.main_w - 2 * PAD)) + PAD
        main_free, side_free = EDGE + begin + GAP - 6, float(EDGE)
        main_free += RIM if self.first == 0 else 0
        self.start_h = begin
        for row, stack in enumerate(self.stacks):
            top = max(main_free, side_free if stack else 0)
            if row == self.first:
                top = max(top, side_free + RIM)
                self.frame_top = top - RIM
            if row == self.final + 1:
                self.frame_bottom = self.bottom() + RIM
                top = max(top, self.frame_bottom + max(self._exit(), self._gap(row)))
            side = top
            for name in stack:
                self.tops[name] = side
                self.heights[name] = self._side_height(name)
                side += self.heights[name] + self._side_gap(name)
            side_free = max(side_free, side)
            if row < len(self.route):
                name = self.route[row]
                self.tops[name] = top
                self.heights[name] = self._main_height(name)
                main_free = top + self.heights[name] + self._gap(row + 1)
        if self.final == len(self.stacks) - 1:
            self.frame_bottom = self.bottom() + RIM

    def bottom(self) -> float:
        """The lowest edge of all that is placed so far."""
        return max(self.tops[n] + self.heights[n] for n in self.tops)

    def _exit(self) -> float:
        return high(wrap(self.frame.words, self.side_w - 28)) + 18 if self.frame else 0

    def _text_height(self, name: str) -> float:
        width = (self.main_w if name in self.route else self.side_w) - 2 * PAD
        return high(wrap(self.nodes[name].words, width)) + 2 * PAD - 4

    def _side_height(self, name: str) -> float:
        """Tall enough for its words and for a line with a label at each of its ports."""
        touching = [k for k in self.mids if name in (k.source, k.target)]
        touching.sort(
            key=lambda k: (min(self.rows[k.source], self.rows[k.target]), k.source == name)
        )
        offsets: list[float] = []
        for link in touching:
            label = high(wrap(link.words, self.label_w))
            offsets.append(offsets[-1] + label + 9 if offsets else max(18, label - 2))
        needed = offsets[-1] + 16 if offsets else 0
        height = max(self._text_height(name), needed)
        for link, offset in zip(touching, offsets, strict=True):
            self.ports[link] = self.tops[name] + offset + (height - needed) / 2
        return height

    def _main_height(self, name: str) -> float:
        """Tall enough for its words and for all lines that meet its right side."""
        base, foot, level = self._text_height(name), -99.0, -99.0
        touching = [k for k in self.mids if name in (k.source, k.target)]
        for port in sorted(self.ports.get(k, 1e6) - self.tops[name] for k in touching):
            if port < base + 24 or port - level < 36:  # so near that it can run level
                foot = level = max(port, foot + 13)
            else:
                foot = max(foot + 13, 14)
        return max(base, foot + 14)

    def labels(self, row: int) -> list[list[Word]]:
        """The lines of words in the gap above ``row``, left of the usual way."""
        return [wrap(words, self.main_w / 2 - 8) for words in self._leaving(row)]

    def _leaving(self, row: int) -> list[tuple[Word, ...]]:
        """The words of the ways back and ahead that leave beside the gap above ``row``.

        Where there are several they say where they lead, for they stand beside one another.
        """
        here = [k for k in self.lefts if row == self.rows[k.source] + (0 if self.back(k) else 1)]
        if len(here) < 2:
            return [k.words for k in here]
        names = [self.nodes[k.target].words[0].text for k in here]
        return [
            (*k.words, Word(f"→\u00a0{name}", "actor")) for k, name in zip(here, names, strict=True)
        ]

    def _gap(self, row: int) -> float:
        ahead = [k for k in self.straight if self.rows[k.target] == row]
        right = sum(high(wrap(k.words, self.main_w / 2 + 8)) for k in ahead) + 20
        left = sum(high(block) + 4 for block in self.labels(row)) + 20
        return max(GAP, right, left) + (RIM + 4 if row in (self.first, self.final + 1) else 0)

    def _side_gap(self, name: str) -> float:
        leaving = [k for k in (*self.downs, *self.rights) if k.source == name]
        words = sum(high(wrap(k.words, self.side_w - 28)) for k in leaving)
        return words + 24 if leaving else 18

    def back(self, link: Link) -> bool:
        """Whether a line leads no further down."""
        return self.rows[link.target] <= self.rows[link.source]

    # Columns

    def _columns(self) -> None:
        left_lanes = deal([self._span(k) for k in self.lefts])
        self.left_lanes = dict(zip(self.lefts, left_lanes, strict=True))
        rim = RIM if self.frame else 0
        self.main_x = EDGE + rim + (max(left_lanes, default=-1) + 1) * LANE + 8
        self.boxes = {
            n: Box(n, self.main_x, self.tops[n], self.main_w, self.heights[n]) for n in self.route
        }
        self._bends()
        lanes = max(self.lanes.values(), default=-1) + 1
        self.label_x = self.main_x + self.main_w + (10 + lanes * LANE if self.column else 0)
        self.side_x = self.label_x + (self.label_w + 18 if self.column else 0)
        self.boxes |= {
            n: Box(n, self.side_x, self.tops[n], self.side_w, self.heights[n]) for n in self.column
        }
        right_lanes = deal([self._span(k) for k in self.rights])
        self.right_lanes = dict(zip(self.rights, right_lanes, strict=True))
        edge = self.side_x + (self.side_w if self.column else 0)
        edge += (max(right_lanes, default=-1) + 1) * LANE + rim + EDGE
        self.width = edge
        self.height = max(self.bottom(), self.frame_bottom) + EDGE

    def _bends(self) -> None:
        """Where lines meet the first column's right side, and a lane for each that bends."""
        self.main_ports: dict[Link, float] = {}
        for name in self.route:
            box = self.boxes[name]
            touching = sorted(
                (k for k in self.mids if name in (k.source, k.target)), key=lambda k: self.ports[k]
            )
            positions = spread([self.ports[k] for k in touching], box.y + 14, box.bottom - 14, 13)
            self.main_ports |= dict(zip(touching, positions, strict=True))
        fall = {k: self.ports[k] - self.main_ports[k] for k in self.mids}
        falling = sorted((k for k in self.mids if fall[k] > 0.5), key=lambda k: -self.ports[k])
        rising = sorted((k for k in self.mids if fall[k] < -0.5), key=lambda k: self.ports[k])
        bent = falling + rising
        spans = [sorted((self.ports[k], self.main_ports[k])) for k in bent]
        self.lanes = dict(zip(bent, deal([(a, b) for a, b in spans]), strict=True))

    def _span(self, link: Link) -> tuple[float, float]:
        ends = sorted((self.tops[link.source], self.tops[link.target]))
        return ends[0], ends[1]

"""A laid out picture as SVG: shapes with classes, and no style but what attributes say.

The site's policy allows no inline style. The attributes make the picture legible without
any style sheet (they are the weakest of styles), and the site's own one colours it.
"""

from collections.abc import Collection, Sequence

from markupsafe import Markup

from infra.site.layout_parts import NAME, SMALL, Box, Picture, Polyline, Text, wide


def svg(
    picture: Picture, own: str, title: str, desc: str, ends: Collection[str], main: Collection[str]
) -> Markup:
    """The picture with its name and description; ``own`` begins its ids on the page.

    ``ends`` and ``main`` are the states drawn as an end and as the usual way.
    """
    size = (_n(picture.width), _n(picture.height))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' role="img" aria-labelledby="{own}-title {own}-desc" data-search-exclude=""'
        ' fill="currentColor" stroke-linecap="round" stroke-linejoin="round">'
        '<title id="{own}-title">{}</title><desc id="{own}-desc">{}</desc>'
    ).format(*size, *size, title, desc, own=own)
    dots = Markup(' stroke-dasharray="0 6"')
    parts = [_rect(frame, "d-group", 16, 1.5, dots) for frame in picture.frames]
    parts += [_line(line) for line in sorted(picture.lines, key=lambda line: line.main)]
    parts.append(_rect(picture.start, "d-start", picture.start.h / 2, 1.5))
    parts.append(_begin(picture.begin))
    parts += [_box(box, box.name in ends, box.name in main) for box in picture.boxes]
    parts += [_set(text) for text in picture.texts]
    return head + Markup("").join(parts) + Markup("</svg>")


def _rect(box: Box, classes: str, radius: float, stroke: float, more: Markup | str = "") -> Markup:
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}" fill="none"'
        ' stroke="currentColor" stroke-width="{}"{}/>'
    ).format(classes, *map(_n, (box.x, box.y, box.w, box.h, radius, stroke)), more)


def _box(box: Box, end: bool, main: bool) -> Markup:
    classes = "d-state" + (" d-end" if end else "") + (" d-main" if main else "")
    return _rect(
        box,
        classes,
        box.h / 2 if end and box.h < 64 else 24 if end else 10,
        3 if end else 2 if main else 1.5,
    )


def _line(line: Polyline) -> Markup:
    classes = "d-edge" + "".join(
        f" d-{name}" for name in ("main", "back", "clock") if getattr(line, name)
    )
    shape = Markup(
        '<path class="{}" d="{}" fill="none" stroke="currentColor" stroke-width="{}"{}/>'
    )
    wide_ = _n(2.5 if line.main else 1.5)
    dash = Markup(' stroke-dasharray="5 5"') if line.clock else ""
    body = shape.format(classes, _rounded(line.points), wide_, dash)
    head = classes.replace(" d-clock", "")  # an arrow of dashes is none
    return body + shape.format(head, _head(line.points), wide_, "")


def _rounded(points: Sequence[tuple[float, float]]) -> str:
    """A path through the points with its corners rounded as far as there is room."""
    path = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(ax - bx) + abs(ay - by), abs(cx - bx) + abs(cy - by)
        r = min(
            12,
            before / (1 if (ax, ay) == points[0] else 2),
            after / (1 if (cx, cy) == points[-1] else 2),
        )
        start = (bx + (ax - bx) * r / before, by + (ay - by) * r / before)
        end = (bx + (cx - bx) * r / after, by + (cy - by) * r / after)
        path += f"L{_n(start[0])} {_n(start[1])}Q{_n(bx)} {_n(by)} {_n(end[0])} {_n(end[1])}"
    return f"{path}L{_n(points[-1][0])} {_n(points[-1][1])}"


def _head(points: Sequence[tuple[float, float]]) -> str:
    """An open arrow at the last point, in the direction of the last stretch."""
    (ax, ay), (x, y) = points[-2:]
    dx, dy = (x > ax) - (x < ax), (y > ay) - (y < ay)
    x, y = x - dx * 2, y - dy * 2
    wings = [(x - 7 * dx - 5 * dy * s, y - 7 * dy - 5 * dx * s) for s in (1, -1)]
    (lx, ly), (rx, ry) = wings
    return f"M{_n(lx)} {_n(ly)}L{_n(x)} {_n(y)}L{_n(rx)} {_n(ry)}"


_CLASS = {"name": "d-label d-name", "turn": "d-turn", "label": "d-label", "actor": "d-actor"}


def _set(text: Text) -> Markup:
    name = text.word.kind == "name"
    shift = 0.0
    icon = Markup("")
    if text.word.clock:  # a clock face before what time does
        whole = wide(text.word.text) * 0.94 + 15
        left = text.x - {"start": 0, "middle": whole / 2, "end": whole}[text.anchor]
        icon = Markup(
            '<path class="d-edge" d="M{} {}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0m5 -3v3l2 1.5"'
            ' fill="none" stroke="currentColor" stroke-width="1.3"/>'
        ).format(_n(left + 5), _n(text.y - 4.5))
        shift = {"start": 15, "middle": 7.5, "end": 0}[text.anchor]
    return icon + Markup(
        '<text class="{}" x="{}" y="{}" text-anchor="{}" font-size="{}" font-weight="{}">{}</text>'
    ).format(
        _CLASS[text.word.kind],
        _n(text.x + shift),
        _n(text.y),
        text.anchor,
        NAME if name else SMALL,
        600 if name else 400,
        text.word.text,
    )


def _begin(lines: Sequence[Text]) -> Markup:
    """The start's words as one element, so that a style sheet finds it after its box."""
    spans = Markup("").join(
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(_n(t.x), _n(t.y), t.word.text)
        for t in lines
    )
    return Markup(
        '<text class="d-label" text-anchor="middle" font-size="{}" font-weight="400">{}</text>'
    ).format(SMALL, spans)


def _n(value: float) -> str:
    """A number for a picture: a tenth is finer than anybody sees, and always the same."""
    return f"{value:.1f}".removesuffix(".0")

"""The parts a diagram is laid out from, and how much room words and lines take.

There is no font to measure with where the site is built, so widths are near guesses that
leave some air; nothing depends on them but where a line of words breaks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

NAME, SMALL = 16, 14  # type sizes
NAME_LINE, SMALL_LINE = 20, 17
EM = 0.5  # width of a character in ems, near enough for wrapping
PAD, LANE, GAP = 12, 11, 34
MAIN_WIDTH, SIDE_WIDTH, LABEL_WIDTH = 172, 136, 62

LabelKind = Literal["name", "turn", "label", "actor"]


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text; ``clock`` marks what time does by itself."""

    text: str
    kind: LabelKind = "label"
    clock: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A state: its words from top to bottom."""

    name: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """All that leads from one state to another, drawn as one line."""

    source: str
    target: str
    words: tuple[Word, ...]

    @property
    def clock(self) -> bool:
        """Whether only time goes this way."""
        return all(w.clock for w in self.words if w.kind == "label")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The same action to the same target from so many states that lines would be a tangle."""

    sources: tuple[str, ...]
    target: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One set line. ``y`` is its baseline."""

    x: float
    y: float
    word: Word
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``name`` is its state, or "" for the start and the frame."""

    name: str
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Its bottom edge."""
        return self.y + self.h


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through its corners, which are drawn rounded; an arrow stands at the last."""

    points: tuple[tuple[float, float], ...]
    clock: bool = False
    back: bool = False
    main: bool = False


@dataclass(slots=True)
class Picture:
    """All that is to be drawn, and how large it is."""

    width: float = 0
    height: float = 0
    start: Box = Box("", 0, 0, 0, 0)
    begin: list[Text] = field(default_factory=list)  # the words in ``start``
    boxes: list[Box] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    lines: list[Polyline] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def wide(text: str, size: float = SMALL) -> float:
    """About how wide a text is."""
    return len(text) * size * EM


def wrap(words: Iterable[Word], width: float) -> list[Word]:
    """The same words, broken into lines that fit ``width``; a single long word may not."""
    lines: list[Word] = []
    for word in words:
        size = NAME * 1.06 if word.kind == "name" else SMALL
        line, clock = "", word.clock
        for part in word.text.split(" "):
            longer = f"{line} {part}".strip()
            if line and wide(longer, size) + (16 if clock else 0) > width:
                lines.append(Word(line, word.kind, clock))
                line, clock = part, False
            else:
                line = longer
        lines.append(Word(line, word.kind, clock))
    return lines


def high(lines: Sequence[Word]) -> float:
    """How high a block of lines stands."""
    return float(sum(NAME_LINE if w.kind == "name" else SMALL_LINE for w in lines))


def longest(words: Iterable[Word]) -> float:
    """The widest single word, which a column must have room for."""
    sizes = [
        wide(part, NAME * 1.06 if w.kind == "name" else SMALL) + (16 if w.clock else 0)
        for w in words
        for part in w.text.split()
    ]
    return max(sizes, default=0)


def set_block(
    lines: Sequence[Word],
    x: float,
    top: float,
    anchor: Literal["start", "middle", "end"] = "start",
) -> list[Text]:
    """Lines set under one another from ``top``."""
    texts: list[Text] = []
    for word in lines:
        step = NAME_LINE if word.kind == "name" else SMALL_LINE
        texts.append(Text(x, top + step - 5, word, anchor))
        top += step
    return texts


def deal(spans: Sequence[tuple[float, float]]) -> list[int]:
    """A lane for each span, the lowest that no earlier overlapping span is beneath or in."""
    lanes: list[int] = []
    for number, (low, high_) in enumerate(spans):
        taken = [
            lanes[n] for n in range(number) if spans[n][0] < high_ + 6 and low - 6 < spans[n][1]
        ]
        lanes.append(max(taken, default=-1) + 1)
    return lanes


def spread(targets: Sequence[float], low: float, high_: float, apart: float) -> list[float]:
    """Places in order, each as near to what is wanted as ``low``, ``high_``, ``apart`` let."""
    positions: list[float] = []
    for want in targets:
        least = positions[-1] + apart if positions else low
        positions.append(max(least, min(want, high_)))
    ceiling = high_
    for n in range(len(positions) - 1, -1, -1):
        positions[n] = min(positions[n], max(ceiling, low))
        ceiling = positions[n] - apart
    return positions

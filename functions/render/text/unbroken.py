"""References on pages: the end of a line never parts one at its hyphen."""

import re
from collections.abc import Iterator

from functions.kernel.case import REFERENCE_LENGTH

_REFERENCE = re.compile(rf"K-(?<!\wK-)[A-Z0-9]{{{REFERENCE_LENGTH}}}\b")
_TEXT_ALONE = ("title", "textarea", "option", "script", "style")  # may hold no other element


def unbroken(page: str) -> str:
    """A page whose references stay whole; what is copied of them is as it was."""
    kept = tuple(_text_alone(page))

    def whole(found: re.Match[str]) -> str:
        at = found.start()
        in_tag = page.rfind("<", 0, at) > page.rfind(">", 0, at)
        if in_tag or any(begin < at < end for begin, end in kept):
            return found[0]
        return f'<span class="k-ref">{found[0]}</span>'

    return _REFERENCE.sub(whole, page)


def _text_alone(page: str) -> Iterator[tuple[int, int]]:
    """Where the elements that hold text alone begin and end."""
    for name in _TEXT_ALONE:
        begin = page.find(f"<{name}")
        while begin >= 0:
            end = page.find(f"</{name}", begin)
            yield begin, end
            begin = page.find(f"<{name}", max(begin + 1, end))

"""References on pages: the end of a line never parts one at its hyphen."""

import re

from functions.kernel.case import REFERENCE_LENGTH

# What is passed over: a tag, and whole elements whose text can hold no other.
_BARE = r"<(?P<bare>title|textarea|option|script|style)\b.*?</(?P=bare)>"
_PARTS = re.compile(
    rf"{_BARE}|<[^>]*>|(?P<reference>\bK-[A-Z0-9]{{{REFERENCE_LENGTH}}}\b)", re.DOTALL
)


def unbroken(page: str) -> str:
    """A page whose references stay whole; what is copied of them is as it was."""
    return _PARTS.sub(
        lambda m: f'<span class="k-ref">{m[0]}</span>' if m["reference"] else m[0], page
    )

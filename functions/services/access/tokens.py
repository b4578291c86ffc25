"""What stands in the address of a page: a link's own token, and which case it opens beside the one
that it was mailed for."""

from dataclasses import dataclass

from functions.kernel.case import Case
from functions.kernel.subcases import DOT, is_subcase, root_of

_ADJACENT, _DESK = (1, 3), (3, 5)  # parts behind a token, for a case and for a subcase


@dataclass(frozen=True, slots=True)
class CaseToken:
    """A token taken apart. ``own`` is that of the link.

    From a desk, ``case`` is the id of what is opened, by the party ``party``; from a mail,
    ``part`` is the subcase of the link's own case (``<subprocess>.<number>``), "" for that case
    itself. ``round`` is the turn that the way there was made for; a link that is opened as it was
    mailed has none.
    """

    own: str
    case: str = ""
    party: str = ""
    part: str = ""
    round: str = ""

    @property
    def is_adjacent(self) -> bool:
        """Whether it opens another part of the case that its link was mailed for."""
        return bool(self.round) and not self.party


def taken_apart(token: str) -> CaseToken | None:
    """The parts of a token; None for what is none of ours."""
    own, *rest = token.split(DOT)
    if not rest:
        return CaseToken(own)
    *before, named, number = ("", *rest)
    if len(rest) in _DESK and named.startswith("p"):
        return CaseToken(own, case=DOT.join(before[1:]), party=named, round=number)
    if len(rest) in _ADJACENT:
        return CaseToken(own, part=DOT.join(rest[:-1]), round=number)
    return None


def desk_of(token: str) -> str:
    """The desk's own token in that of a case opened from it; "" for any other link."""
    parts = taken_apart(token)
    return parts.own if parts and parts.party else ""


def way_to(token: str, case: Case) -> str:
    """The token that opens another part of the case that ``token`` opens: a subcase, or the case
    itself, as it is now."""
    parts = taken_apart(token) or CaseToken(token)
    if parts.party:
        return DOT.join((parts.own, case.id, parts.party, str(case.round)))
    part = (case.id.removeprefix(root_of(case.id) + DOT),) if is_subcase(case.id) else ()
    return DOT.join((parts.own, *part, str(case.round)))

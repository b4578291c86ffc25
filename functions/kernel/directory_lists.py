"""What a directory list is: its fields, how its entries are named, and who its people are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import chain

from functions.kernel import LANGUAGES
from functions.kernel.directory import COUNTERS, DirectoryEntry, Fact
from functions.kernel.duties import DUTIES, RIGHTS
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Code, Field, Section
from functions.kernel.several_values import faults


def pattern(name: str, form: str, example: str) -> Code:
    """The code of texts that match ``form``, a regular expression."""
    return Code(name, lambda raw: raw if re.fullmatch(form, raw) else None, example)


NEW = "new"  # in the place of a key: the page of an entry to add
KEY_CODE = pattern("key", f"(?!{NEW}$)[a-z0-9][a-z0-9-]{{0,39}}", "anna-a")

# What several lists have.
KEY = Field("key", code=KEY_CODE)
RETIRED = Field("retired", "yesno", choices=("no", "yes"), default="=no")
LANGUAGE = Field("language", "choice", choices=LANGUAGES, languages=True)
PERSON = Section(
    "person",
    (Field("name", autocomplete="name"), Field("email", "email", autocomplete="email"), LANGUAGE),
)
STATE = Section("state", (RETIRED,))


@dataclass(frozen=True, slots=True)
class DirectoryList:
    """A list of the directory, as data: all that Kapula knows of it but its texts.

    ``kind`` is what a row of a CSV file calls an entry; ``position`` the place of the list on the
    directory's page. ``sections`` are the fields in the order they are asked; the fields
    ``in_files`` are not asked, only files tell them. ``key`` is the field of the key: asked of new
    entries if it is in a section, else made from the name. An entry is called by the fields
    ``named``: one for each language, or one for all; by its key if there are none.

    ``people``: the entries are people, who have a name, an e-mail address and a language. All of
    them have the ``duty``; without one, the entries name duties themselves. ``own_page`` is the
    page of the desk, ``own`` or ``own-…``, on which each keeps their own entry, all of it but the
    fields ``not_by_owner``. ``counters`` are what cases count of an entry. ``shown`` are the fields
    by which others see something of a person, who is told if somebody else changes one.

    ``WrongDefinition`` lists everything in it that contradicts itself.
    """

    name: str
    kind: str
    position: int
    sections: tuple[Section, ...]
    in_files: tuple[Field, ...] = (KEY,)
    key: str = "key"
    named: tuple[str, ...] = ("name",)
    people: bool = False
    duty: str = ""
    own_page: str = ""
    not_by_owner: tuple[str, ...] = ("email", "retired")
    counters: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    fields: tuple[Field, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Put all fields together once, and check them."""
        together = chain(self.in_files, chain.from_iterable(s.fields for s in self.sections))
        object.__setattr__(self, "fields", tuple(together))
        if faults := [f"{self.name}: {fault}" for fault in self._faults()]:
            raise WrongDefinition("\n".join(faults))

    def find(self, name: str) -> Field | None:
        """The field of this name, if the list has one."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def sources(self) -> tuple[str, ...]:
        """The other lists that its entries name."""
        return tuple(sorted({each.source for each in self.fields if each.source}))

    def names(self, key: str, facts: Mapping[str, Fact]) -> dict[str, str]:
        """What an entry is called in each language. ``facts`` have the fields ``named`` too."""
        fields = self.named * len(LANGUAGES) if len(self.named) == 1 else self.named
        if not fields:
            return dict.fromkeys(LANGUAGES, key)
        pairs = zip(LANGUAGES, fields, strict=True)
        return {language: str(facts.get(name, "")) for language, name in pairs}

    def naming(self, entry: DirectoryEntry) -> dict[str, str]:
        """The fields ``named`` as they were typed: the other way round from ``names``."""
        return {
            name: entry.names[language]
            for language, name in zip(LANGUAGES, self.named, strict=False)
        }

    def _faults(self) -> Iterator[str]:
        names = [each.name for each in self.fields]
        twice = {name for name in names if names.count(name) > 1}
        yield from (f"{name} stands twice" for name in sorted(twice))
        required = {
            self.key,
            "retired",
            *self.named,
            *(("email", "language") if self.people else ()),
        }
        yield from (f"no field {name}" for name in sorted(required - {*names}))
        yield from (f"{each.name} {fault}" for each in self.fields for fault in faults(each))
        if len(self.named) not in (0, 1, len(LANGUAGES)):
            yield "one name, or one in each language"
        if (self.duty or self.own_page) and not self.people:
            yield "only people have duties and an entry of their own"
        if self.own_page and not self.duty:
            yield "who keeps their own entry has a duty by it"
        if self.own_page and not re.fullmatch("own(-[a-z]+)?", self.own_page):
            yield f"{self.own_page} is no page of one's own"
        yield from (f"shown {name} is no field" for name in self.shown if name not in names)
        if self.duty in DUTIES:
            yield f"coordinators declare the duty {self.duty}"
        if self.name in (*RIGHTS, "desk", "merge", "own"):
            yield "the desk has a page of that name"
        yield from (f"no counter {name}" for name in self.counters if name not in COUNTERS)


def together(lists: Iterable[DirectoryList]) -> tuple[DirectoryList, ...]:
    """The lists in the order of the directory's page. ``WrongDefinition`` if two of them have
    something that only one can have, one names entries of a list that there is not, or they name
    each other's."""
    known = tuple(sorted(lists, key=lambda each: each.position))
    faults = []
    for what in ("name", "kind", "position", "duty", "own_page"):
        counted = Counter(value for each in known if (value := getattr(each, what)))
        faults += [f"two lists have the {what} {v}" for v, n in counted.items() if n > 1]
    names = {each.name for each in known}
    faults += [f"{x.name}: no list {s}" for x in known for s in x.sources if s not in names]
    try:
        TopologicalSorter({each.name: each.sources for each in known}).prepare()
    except CycleError:
        faults.append("lists whose entries name each other")
    if faults:
        raise WrongDefinition("\n".join(faults))
    return known

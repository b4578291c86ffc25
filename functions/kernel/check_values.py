"""What answers must be like for what is made of them: names are texts, facets are choices."""

from collections.abc import Iterator

from functions.kernel import LANGUAGES
from functions.kernel.check_names import parts
from functions.kernel.definition import Definition
from functions.kernel.duties import DUTIES, TOPIC_FACT
from functions.kernel.fields import Check, Field
from functions.kernel.roles import Role
from functions.kernel.several_values import faults


def kinds(d: Definition) -> Iterator[str]:
    """Answers have the kind that their use needs."""
    fields = d.fields()
    if d.version < 1:
        yield f"definition: its version is {d.version}; count versions from 1"
    if d.headline in fields and fields[d.headline].kind != "text":
        yield f"definition: the headline {d.headline} is no line of text; name a field of kind text"
    for name in d.facets:
        if name in fields and (fields[name].kind != "choice" or fields[name].lines_of):
            yield f"definition: the facet {name} is no choice; name a field with choices or a list"
    for state in d.states:
        if state.begins in fields and fields[state.begins].kind != "date":
            yield f"state {state.name}: begins names {state.begins}; name a field of kind date"


def of_roles(d: Definition) -> Iterator[str]:
    """The answers that fill a role are a name, an address, a language, people or a choice."""
    fields = d.fields()
    for role in d.roles:
        name, email, language = (fields.get(n) for n in role.fields or ("", "", ""))
        if name and name.kind != "text":
            yield f"role {role.name}: fields begin with {name.name}; name a text with the name"
        if email and email.kind != "email":
            yield f"role {role.name}: {email.name} is no address; name a field of kind email second"
        if language and not (language.choices and {*language.choices} <= {*LANGUAGES}):
            yield f"role {role.name}: {language.name} chooses no language; offer {LANGUAGES} there"
        for field in (fields[n] for n in role.rows if n in fields):
            if field.kind != "people":
                yield f"role {role.name}: {field.name} is no list; name fields of kind people"
        key = fields.get(role.key)
        if key and not _picks(key, role):
            yield f"role {role.name}: {key.name} picks nobody of {role.source}; name such a choice"
        if role.source == "duties" and role.always and role.always not in DUTIES:
            yield f"role {role.name}: always names the duty {role.always}; name one of {DUTIES}"


def _picks(key: Field, role: Role) -> bool:
    """Whether the answers to a field are entries of the source of a role."""
    if role.source not in (TOPIC_FACT, "duties"):
        return key.kind == "choice" and key.source == role.source
    known = role.source != "duties" or {*key.choices} <= {*DUTIES}
    return key.kind == "choice" and bool(key.choices) and known


def bounds(d: Definition) -> Iterator[str]:
    """Every field can be answered, and what it refers to is of its kind."""
    fields = d.fields()
    every = (f for _, f in parts(d, "") if isinstance(f, Field))
    for field in {id(f): f for f in every}.values():
        where, limit = f"field {field.name}", field.limit
        lowest, highest = field.lowest, field.highest
        if lowest is not None and highest is not None and lowest > highest:
            yield f"{where}: lowest {lowest} is more than highest {highest}; no answer fits"
        if limit and field.shortest > limit:
            yield f"{where}: shortest {field.shortest} is more than it takes, {limit}; no text fits"
        lines, whole = fields.get(field.lines_of), fields.get(field.with_vat)
        if lines and lines.kind != "longtext":
            yield f"{where}: lines_of names {lines.name}; name a field of kind longtext"
        if whole and (field.kind, whole.kind) != ("money", "money"):
            yield f"{where}: with_vat names {whole.name}; both must be of kind money"
        for origin in field.defaults:
            name, dot, _ = origin.partition(".")
            if not origin.startswith("=") and (
                name not in fields or (dot and not fields[name].source)
            ):
                yield (
                    f"{where}: default {origin} is no answer and no entry that one picks; name a "
                    "field, list.attribute of one with a source, or =word"
                )


def several(d: Definition) -> Iterator[str]:
    """Fields with many values can have them, and where one value is needed there is one."""
    fields = d.fields()
    every = (f for _, f in parts(d, "") if isinstance(f, Field))
    for field in {id(f): f for f in every}.values():
        yield from (f"field {field.name}: {fault}" for fault in faults(field))
        if field.offers or field.duty:
            yield f"field {field.name}: offers and duty are for lists of the directory; drop them"
    of_people = (n for role in d.roles for n in (*(role.fields or ()), role.key))
    one = dict.fromkeys((d.headline, *d.facets, *of_people))
    for name in (n for n in one if n in fields and fields[n].many):
        yield f"field {name}: has many values; a headline, a facet or a role takes one"


def asked(d: Definition) -> Iterator[str]:
    """What is checked or filled in beforehand is asked there."""
    for form in d.forms:
        yield from _unasked(f"form {form.name}", form.checks, {f.name for f in form.fields})
    for action in d.actions:
        forms = d.forms if action.reopens_form else ()
        there = {f.name for f in action.fields} | {f.name for form in forms for f in form.fields}
        yield from _unasked(f"action {action.name}", action.checks, there)
        for name in sorted(action.prefill.keys() - there):
            yield f"action {action.name}: prefill fills {name}; name a field that it asks"


def _unasked(where: str, checks: tuple[Check, ...], there: set[str]) -> Iterator[str]:
    for check in checks:
        if check.field not in there:
            yield f"{where}: check {check.name} is told at {check.field}; name a field asked there"

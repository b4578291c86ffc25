"""What holds of all cases together: a hub and the cases it joins never tell different stories."""

from collections.abc import Mapping

from functions.kernel.case import Case

ASKING, JOINED = "merge_pending", ("coordinating", "asked", "offered", "active", "running")
HELD = {
    "merging": (ASKING,),
    "merged": ("coordinating", "asked", "offered"),
    "joined": ("active",),
    "joint": ("running",),
}


def disagreements(cases: Mapping[str, Case]) -> list[str]:
    """Where hubs and originals differ; empty when every merge is whole or never was."""
    found = []
    for case in cases.values():
        hub = case.form == "merged"
        found += [f"{case.id}: {x}" for x in (_hub(case, cases) if hub else _original(case, cases))]
    return found


def _hub(hub: Case, cases: Mapping[str, Case]) -> list[str]:
    found = []
    theirs = {c.id: c.state for c in cases.values() if hub.id in c.linked and c.state in HELD}
    if hub.state in JOINED:
        refs = {p.ref for p in hub.holders("supervisee")}
        rows = hub.answers["members"]
        assert isinstance(rows, list)
        if not (set(theirs) == set(hub.linked) == refs == {r["case"] for r in rows}):
            found.append(f"joins {hub.linked}, names {refs}, holds {theirs}")
        if len(hub.linked) < 2:
            found.append("joins fewer than two")
    elif hub.state == ASKING:
        gone = {i for i in hub.linked if i not in theirs}
        if any(cases[i].state != "withdrawn" for i in gone) or set(theirs) - set(hub.linked):
            found.append(f"asks {hub.linked}, holds {theirs}")
    elif theirs:
        found.append(f"is {hub.state}, holds {theirs}")
    return found


def _original(case: Case, cases: Mapping[str, Case]) -> list[str]:
    if case.state not in HELD:
        return []
    hubs = [cases[i] for i in case.linked if i in cases]
    fits = len(hubs) == 1 and hubs[0].state in HELD[case.state] and case.id in hubs[0].linked
    return [] if fits else [f"is {case.state}, in {[(h.id, h.state) for h in hubs]}"]

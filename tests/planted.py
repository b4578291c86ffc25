"""Plant faults in a copy of the product, one at a time, and see that the slow families find each:

    .venv/bin/python -m tests.planted [--of FOLDER] [--at-once 2] [WORDS ...]

A fault is found when the tests named with it fail. Run it after any change that makes these
families faster; ``--of`` another checkout, before it. ``WORDS`` choose faults by their names.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("functions", "infra", "site", "tests", "docs", "mkdocs.yml", "pyproject.toml")
LINKED = (".venv", ".venv-aws", "node_modules")

CASES, DYNAMO = "functions/adapters/cases.py", "functions/adapters/dynamo.py"
LINKS, DELIVER = "functions/services/access/links.py", "functions/services/mail/deliver.py"
WEB, ACT = "functions/entry/web.py", "functions/services/case/act.py"
BASE, TASK = "functions/render/templates/base.html", "functions/render/templates/task.html"
ONCE = "tests/faults/test_every_call_fails_once.py"
RACES, MERGES = "tests/faults/test_two_writers.py", "tests/faults/test_two_who_merge.py"
EDITORS = "tests/faults/test_directory_editors.py"
CROSS = "tests/abuse/test_links.py::TestCrossProduct::test_no_link_does_what_is_not_its_own"
HEADERS = "tests/abuse/test_secrets.py::test_every_kind_of_answer_carries_the_protective_headers"
ACTS, FIELDS = "functions/render/templates/act_form.html", "functions/render/templates/fields.html"
STYLE = "site/theme/assets/kapula/kapula.css"
TINY = "{ width: 12px; height: 12px; overflow: hidden; display: inline-block; min-height: 0; padding: 0; }"
TASK_PAGE = "tests/journeys/test_back.py::test_not_now_leaves_everything_as_it_is"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, how a file is changed for it, and the tests that find it."""

    name: str
    file: str
    old: str
    new: str
    tests: str


FAULTS = (
    # Failures of AWS
    Fault("a failed call is not told as unavailable", DYNAMO,
          "raise Unavailable(code) from error", "raise", f"{ONCE}::TestApply -k error"),
    Fault("a lost answer is not told as unavailable", DYNAMO,
          "raise Unavailable(type(error).__name__) from error", "raise", f"{ONCE}::TestApply -k lost"),
    Fault("a mail that fails once is parked", DELIVER,
          "if not permanent and item.attempts < MOST_ATTEMPTS:", "if False:", f"{ONCE}::TestEndorse -k error"),
    Fault("a mail sent twice is another mail", DELIVER,
          'dedupe=f"{item.case}.{item.number}"', 'dedupe=f"{item.case}.{item.number}{item.attempts}"',
          f"{ONCE}::TestEndorse -k crash_after"),
    Fault("a mail whose sender died is never sent", CASES,
          "return tuple((r.case, r.part.removeprefix(OUTBOX)) for", "return tuple(() for r in () for",
          f"{ONCE}::TestEndorse -k crash_before"),
    Fault("a lease is not kept", "functions/adapters/outbox.py",
          "(cls.status == _PENDING) & free", "(cls.status == _PENDING)",
          "tests/faults/test_stream.py::TestFirstTime"),
    Fault("a mail is sent although it was sent", "functions/adapters/outbox.py",
          "(cls.status == _PENDING) & free", "free", "tests/faults/test_stream.py"),
    Fault("what fails stops the batch", "functions/entry/mailer/app.py",
          "            failed.append(", "            raise\n            failed.append(",
          "tests/faults/test_stream.py"),
    # Races
    Fault("two decisions are both written", CASES,
          "batch.save(row, condition=", "batch.save(row, condition=None and ",
          f"{RACES}::TestManagersTask -k two_writers"),
    Fault("counters are not moved", CASES,
          "            batch.update(self._directory(*key), actions=moves)", "            pass",
          f"{RACES}::TestOffer"),
    Fault("who is overtaken by a vote is refused", ACT, "_TRIES = 12", "_TRIES = 1",
          f"{MERGES}::TestVotes"),
    Fault("a reminder fails beside a decision", "functions/services/case/timers.py",
          "    except Conflict:  # somebody acted meanwhile: their act is what counts\n        return False",
          "    except ZeroDivisionError:\n        return False", f"{RACES}::TestManagersTask"),
    Fault("of two editors of an entry both win", "functions/adapters/directory.py",
          "actions=moved, condition=unchanged)", "actions=moved)", EDITORS),
    Fault("what comes to a desk is not laid on it", "functions/adapters/desks.py",
          "batch.save(self.item_row(item))", "pass", "tests/faults/test_desks.py::TestIndexer"),
    # Abuse
    Fault("links are told to other sites", WEB, '"Referrer-Policy": "no-referrer"',
          '"Referrer-Policy": "origin"', HEADERS),
    Fault("a page lets scripts of its own run", WEB, "script-src 'self'",
          "script-src 'self' 'unsafe-inline'", HEADERS),
    Fault("redirects lead where the request says", WEB, "app.url_map.merge_slashes = False", "pass",
          "tests/abuse/test_hosts.py"),
    Fault("a link of a turn that is over is asked for more", ACT,
          'if opened.standing != "open":', "if False:", f"{CROSS}[submitted]"),
    Fault("a link lives on", LINKS, 'return "expired" if now >= grant.expires_at else "open"',
          'return "open"', "tests/abuse/test_links.py -k dies"),
    Fault("what is typed is markup", "functions/render/templates/__init__.py",
          'select_autoescape(["html"])', "False", "tests/abuse/test_hostile_text.py -k payload"),
    Fault("a network sends without end", "functions/services/access/quotas.py",
          "            services.limits.take(rate_limit, services.clock.now())", "            pass",
          "tests/abuse/test_floods.py tests/abuse/test_desks_and_lists.py"),
    Fault("looking changes something", LINKS, "    definition = pinned(record.case.process",
          '    services.limits.hold("looked", token, 9, services.rules.task_link, services.clock.now())\n'
          "    definition = pinned(record.case.process",
          "tests/abuse/test_reading.py"),
    Fault("a button without a choice decides", ACT,
          'raise Invalid((Problem("action", "unchosen"),))', "return opened.actions[0]",
          "tests/abuse/test_scanners.py -k quote"),
    # Journeys
    Fault("a page has no language", BASE, '<html lang="{{ language }}">', "<html>", TASK_PAGE),
    Fault("a page has two headings", TASK, "<h1>{{ title }}</h1>",
          "<h1>{{ title }}</h1><h1>{{ title }}</h1>", TASK_PAGE),
    Fault("a button has no name", TASK, "<h1>{{ title }}</h1>",
          '<h1>{{ title }}</h1><button type="button"></button>', TASK_PAGE),
    Fault("a field has no label", TASK, "<h1>{{ title }}</h1>",
          '<h1>{{ title }}</h1><input class="k-input" name="unlabelled">', TASK_PAGE),
    Fault("a page is wider than a phone", STYLE, ".k-lead { font-size",
          ".k-lead { min-width: 40rem; font-size", TASK_PAGE),
    Fault("a page asks somebody else", BASE, "</main>",
          '<img alt="" src="https://other.example.org/x.png"></main>', TASK_PAGE),
    Fault("a text has a place that is not filled", TASK, "<h1>{{ title }}</h1>",
          "<h1>{{ title }}</h1><p>{{ '{deadline}' }}</p>", TASK_PAGE),
    Fault("a receipt is of another state", "functions/render/templates/case.html",
          'aria-current="step"', 'aria-current="false"', TASK_PAGE),
    Fault("a text is pale", STYLE, ".k-lead { font-size", ".k-lead { color: #b9c6c6; font-size", TASK_PAGE),
    Fault("a text is dark on a dark ground", STYLE, "--k-soft: #bac8ca", "--k-soft: #3b4a4c", TASK_PAGE),
    Fault("a link is small on a phone", STYLE, ".k-back { margin: 0 0 1rem; }",
          f"@media (max-width: 30rem) {{ .k-lang.k-lang.k-lang :is(a, li) {TINY} }}", TASK_PAGE),
    Fault("a page of the site is pale", "site/theme/assets/kapula/site.css", ".k-relay > li:not(:last-child)::after { content",
          ".k-relay li * { color: #c9d2d2; }\n.k-relay > li:not(:last-child)::after { content",
          "tests/journeys/test_site_pages.py::TestSwedish::test_every_page"),
    Fault("what names something names nothing", BASE, 'id="main">', 'id="main" aria-describedby="nothing">', TASK_PAGE),
    Fault("a page breaks its policy", BASE, "</main>", '<p style="color: red">Red</p></main>', TASK_PAGE),
    Fault("a script fails", "site/theme/assets/kapula/kapula.js", '"use strict";', '"use strict"; nothing();',
          TASK_PAGE),
    Fault("a link leads nowhere", "functions/render/templates/case.html", 'href="{{ desk }}"', 'href="/x{{ desk }}"',
          "tests/journeys/test_desk.py -k from_an_address"),
    Fault("a form forgets what was typed", FIELDS, 'id="f-{{ w.name }}" value="{{ w.value }}"{% if w.mode',
          'id="f-{{ w.name }}" value=""{% if w.mode', "tests/journeys/test_form.py -k every_step"),
    Fault("Back asks to send a form again", WEB, "kept = KEPT_FOR_BACK", "kept = None",
          "tests/journeys/test_back.py -k back_after"),
    Fault("nothing is decided without scripts", ACTS, 'accept-charset="utf-8" novalidate>',
          'accept-charset="utf-8" novalidate><noscript><input type="hidden" name="action" value="x"></noscript>',
          "tests/journeys/test_choosing.py -k WithoutScripts"),
    Fault("the focus is not seen", STYLE, "\n:focus-visible { outline: 3px", "\n:focus-visible { outline: 0px",
          "tests/journeys/test_keyboard.py -k decision"),
)  # fmt: skip


def run(root: Path, fault: Fault) -> str:
    """How the tests end on a copy with this fault: ``found``, ``MISSED``, or what is wrong."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            here, there = root / name, copy / name
            ignored = shutil.ignore_patterns("__pycache__", "screenshots")
            if here.is_dir():
                shutil.copytree(here, there, ignore=ignored)
            else:
                shutil.copy(here, there)
        for name in LINKED:
            (copy / name).symlink_to((root / name).resolve())
        file = copy / fault.file
        text = file.read_text("utf-8")
        if fault.old not in text:
            return f"NOT PLANTED: {fault.file} has changed"
        file.write_text(text.replace(fault.old, fault.new), "utf-8")
        order = ["-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [sys.executable, *order, *fault.tests.split()],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode == 1:
        why = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR "))]
        return f"found: {(why or [last])[0][:150]}"
    return "MISSED" if done.returncode == 0 else f"NOT RUN: {last or done.stderr[-300:]}"


def main(arguments: Sequence[str]) -> int:
    """Print what became of each fault; how many were not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", type=Path, default=ROOT)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args(arguments)
    chosen = [f for f in FAULTS if not asked.words or any(w in f.name for w in asked.words)]
    missed = 0
    with ThreadPoolExecutor(asked.at_once) as pool:
        ends = pool.map(partial(run, asked.of), chosen)
        for fault, told in zip(chosen, ends, strict=True):
            missed += not told.startswith("found")
            print(f"{fault.name}: {told}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} found")
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m infra.local`: run Kapula on this machine until Ctrl-C (`make run`)."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

DEFAULT_PORT = 8000
PATIENCE = 2.0  # seconds; a run whose terminal was closed needs some to leave the port
APPLY = "/en/supervision/apply/"


def main() -> None:
    """Start, say what to open, wait for a signal, stop; exit 0 then, 1 with one line else."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    configure_logging()
    port = port_from(os.environ.get("PORT", ""))
    state_dir = Path(os.environ.get("STATE_DIR") or ".local").absolute()
    sys.exit(run(port, state_dir, stop))


def run(port: int, state_dir: Path, stop: threading.Event) -> int:
    """Run until `stop` is set; the exit code."""
    # Imported here, so that a signal during these slow imports already ends the run cleanly.
    from infra.local.child import ChildFailedError
    from infra.local.sitebuild import SiteFailedError, ensure_site
    from infra.local.sockets import PortTakenError, listening_socket
    from infra.local.stack import Stack
    from infra.local.state import FolderInUseError

    try:
        listening_socket(port, PATIENCE).close()  # complain before the long work
        site = ensure_site(report)
        report("Starting the local AWS and the functions ...")
        with Stack(state_dir, port, site=site) as stack:
            report(welcome(stack.url, state_dir))
            wait(stop)
            report("Stopping, saving the data ...")
    except (ChildFailedError, FolderInUseError, PortTakenError, SiteFailedError) as error:
        if not stop.is_set():  # Ctrl-C ends the site's build too, which is no failure then
            print(error, file=sys.stderr)
            return 1
    report("Stopped. `make run` goes on from here.")
    return 0


def wait(stop: threading.Event) -> None:
    """Until a signal; under make also until make is gone, which may be killed without us."""
    parent = os.getppid()
    while not stop.wait(0.5 if "MAKELEVEL" in os.environ else None):
        if os.getppid() != parent:
            return


def port_from(text: str) -> int:
    """The port in the environment's PORT, 8000 if unset; exits with one line on nonsense."""
    if not text:
        return DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def configure_logging() -> None:
    """Our own lines on standard output; of libraries only what went wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(asctime)s %(message)s")
    logging.getLogger("kapula").setLevel(logging.INFO)


def report(text: str) -> None:
    """A line of progress, at once also when standard output is a pipe."""
    print(text, flush=True)


def welcome(url: str, state_dir: Path) -> str:
    """What to open first."""
    from functions.kernel.release import RELEASE

    return f"""
Kapula {RELEASE} runs on this machine.

  Site       {url}/
  Apply      {url}{APPLY}
  Mailbox    {url}/_mailbox/   every mail that Kapula sends; its links work
  Clock      the buttons in the mailbox move Kapula's time on, to see reminders
  Data       {state_dir}   kept when you stop; delete it to begin anew

Stop with Ctrl-C.
"""


if __name__ == "__main__":
    main()

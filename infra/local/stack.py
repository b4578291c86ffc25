"""The whole product on one machine: the local AWS, the functions, the mailbox, the site.

`make run` and the journeys use the same class. Instead of the cloud's services there are waitress
for the HTTP API and CloudFront, `Pump` for the stream's event source mapping, and a `Worker` for
the schedule.
"""

from __future__ import annotations

import contextlib
import threading
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from functions import bootstrap
from functions.adapters.tables import create_tables
from functions.entry.clock import app as clock_entry
from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.indexer import app as indexer
from functions.entry.mailer import app as mailer
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.durations import day_of
from functions.services.mail.digest import week_of
from infra import import_directory
from infra.local import aws_clients, mailbox
from infra.local.child import ROOT, LocalAws
from infra.local.clock import MovableClock
from infra.local.front import Front
from infra.local.mail import Outgoing
from infra.local.pump import Pump
from infra.local.server import Server
from infra.local.sitebuild import script_hashes
from infra.local.sockets import listening_socket
from infra.local.state import StateFolder
from infra.local.static import StaticSite, content_security_policy
from infra.local.stream import Checkpoint, StreamReader
from infra.local.worker import Worker

REGION = "eu-north-1"
TABLE_PREFIX = "kapula-local"
SENDER = "kapula@example.org"
DEMO = ROOT / "infra" / "demo" / "directory.yaml"
PUMP_EVERY = 0.4  # seconds at most from a write to its mail, when nothing wakes the pump
CLOCK_EVERY = 30.0  # seconds of real time
ROUNDS = 100  # of the clock and the pump after one move; far above any timers of reminders


class RestlessError(RuntimeError):
    """The clock handler kept finding something to do: it does not settle what it acts on."""


class Stack:
    """A running Kapula. Use it in a `with` block; leaving the block stops it, data kept.

    Raises at entering: PortTakenError, FolderInUseError, ChildFailedError.
    """

    def __init__(
        self,
        state_dir: Path,
        port: int | None = None,
        *,
        site: Path | None,
        aws: type[LocalAws] = LocalAws,
    ) -> None:
        """`port` None: any free one. `site`: the built site's folder, or None for none. `aws`: the
        local AWS that it asks; tests have one in this process."""
        self._state_dir = state_dir
        self._aws = aws
        self._fixed_port = port
        self._site = site
        self._cleanup = contextlib.ExitStack()
        self._clock_turn = threading.Lock()
        self._checked: date | None = None  # the day on which histories were checked last
        self._digested = ""  # the week whose digest was sent, or is too late to send

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as starting:
            listener = starting.enter_context(listening_socket(self._fixed_port or 0))
            state = starting.enter_context(contextlib.closing(StateFolder(self._state_dir)))
            aws_clients.use_dummy_credentials()
            aws = self._aws(state.path, REGION, inherited=[state.lock.fileno()])
            starting.callback(aws.close)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.aws_endpoint = aws.endpoint
            self.clock = MovableClock(state.clock)
            self.environment = environment(self.url, aws.endpoint, state.secret())
            aws.wait_until_healthy()
            self._prepare(state, aws)
            self._outgoing = Outgoing(state.mail)
            self._start_workers(state, starting)
            server = Server(self._front(), listener)
            starting.callback(server.close)
            server.start()
            state.announce(self.url, aws.endpoint)
            self._cleanup = starting.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def mailbox(self, to: str | None = None) -> list[dict[str, Any]]:
        """The mails sent, oldest first, as `/_mailbox/messages.json` has them."""
        return [mailbox.as_json(mail, self.url) for mail in self._outgoing.mails(to)]

    def settle(self) -> int:
        """Let indexer and mailer deal with all that was written; how many records that were."""
        return self._pump.drain()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move the clock on, and let everything happen that is due by then."""
        self.advance_by(timedelta(days=days, hours=hours, minutes=minutes))

    def advance_by(self, step: timedelta) -> None:
        """`advance` with a ready timedelta. Raises RestlessError if it does not come to rest.

        What was written before is dealt with before: no mail is on its way while its time passes,
        which would be taken for lost and sent again.
        """
        self.settle()
        self.clock.advance(step)
        for _ in range(ROUNDS):
            if not self.tick() + self.settle():
                return
        raise RestlessError(f"still something to do after {ROUNDS} rounds of the clock")

    def tick(self) -> int:
        """Call the clock handler once; how many things it did.

        When a Monday at 8 has passed, or a midnight, with the event that their schedules send.
        """
        with self._clock_turn:
            week = week_of(self.clock.now())
            event = {"digest": True} if week != self._digested else {}
            if self._checked != (today := day_of(self.clock.now())):
                event["check_histories"] = True
                self._checked = today
            acted: int = clock_entry.handle(self.services, event)["acted"]
            self._digested = week
            return acted

    def _take(self, event: dict[str, Any]) -> dict[str, Any]:
        """What both functions on the stream do with a batch: the indexer first, then the mailer,
        so that who follows a mail's link finds the desk right."""
        failed: list[dict[str, str]] = []
        for handle in (indexer.handle, mailer.handle):
            failed += handle(self.services, event)["batchItemFailures"]
        return {"batchItemFailures": failed}

    def _prepare(self, state: StateFolder, aws: LocalAws) -> None:
        """Tables, the sender's identity, and the demo directory at the first start."""
        settings = bootstrap.settings_from(self.environment)
        self.tables = bootstrap.dynamo_settings(settings)
        create_tables(self.tables)
        aws_clients.verify_sender(aws.endpoint, REGION, settings.sender)
        self.services = bootstrap.build(settings, self.clock, self.tables)
        if not state.directory_loaded.exists():
            import_directory.import_file(self.services, DEMO)
            aws.save()  # only what is on the disk may be called loaded
            state.directory_loaded.touch()

    def _start_workers(self, state: StateFolder, starting: contextlib.ExitStack) -> None:
        client = aws_clients.streams(self.aws_endpoint, REGION)
        arn = aws_clients.stream_arn(self.aws_endpoint, REGION, f"{TABLE_PREFIX}-cases")
        checkpoint = Checkpoint(state.checkpoint)
        reader = StreamReader(client, arn, checkpoint)
        self._pump = Pump(reader, self._take, checkpoint)
        self._pump_worker = Worker("the pump", PUMP_EVERY, self._pump.drain)
        self._digested = week_of(self.clock.now())
        indexer.handle(self.services, {"left": True})
        starting.callback(self._last_drain)
        clock_worker = Worker("the clock", CLOCK_EVERY, self.tick)
        for worker in (self._pump_worker, clock_worker):
            starting.callback(worker.close)
            worker.start()

    def _last_drain(self) -> None:
        """Send what was written last: a restart of the local AWS empties the stream."""
        with contextlib.suppress(BotoCoreError, ClientError):  # it may have died before us
            self._pump.drain()

    def _front(self) -> Front:
        policy = content_security_policy(script_hashes(self._site) if self._site else ())
        return Front(
            public=public.create_app(self.services),
            party=party.create_app(self.services),
            documents=documents.create_app(self.services),
            desk=desk.create_app(self.services),
            mailbox=mailbox.create_app(self._outgoing, self.clock, self.advance_by, self.url),
            site=StaticSite(self._site, policy),
            changed=self._pump_worker.wake,
        )


def environment(base_url: str, endpoint: str, secret: str) -> dict[str, str]:
    """What `bootstrap.settings_from` reads, for a local stack."""
    return {
        "KAPULA_BASE_URL": base_url,
        "KAPULA_STAGE": "local",
        "KAPULA_TABLE_PREFIX": TABLE_PREFIX,
        "KAPULA_SENDER": SENDER,
        "KAPULA_SECRET": secret,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
    }

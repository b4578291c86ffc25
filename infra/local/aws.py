"""The local AWS: ministack in a process of its own, on a loopback port, with two mends.

Started by `infra.local.child` with the interpreter of `.venv-aws`, because ministack pins a
botocore of its own; therefore this file imports nothing of the project. The mends:

1. State survives `kill -9`. Ministack saves on a clean stop only. Here a snapshot is taken
   half a second after a write, on the event-loop thread: ministack changes its tables there
   without locks, and a copy made by another thread dies of "dictionary changed size".
2. Mails are kept whole. Ministack drops headers and attachments of raw mails; each SES v2
   request that was accepted goes to `STATE_DIR/mail/*.json`, before the sender is answered.

`GET /_kapula/save` answers once everything written before it is on the disk.

It stops on SIGTERM, and when its standard input closes: that is how it notices the death of
its parent, whatever the parent died of.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SEND_EMAIL = "/v2/email/outbound-emails"
SAVE_NOW = "/_kapula/save"
READS = ("Get", "Describe", "List", "Query", "Scan", "BatchGet", "TransactGet")
SNAPSHOT_AFTER = 0.5  # seconds between a write and its snapshot


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file in one step, so that a crash leaves the old or the new one, never half."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)


def configure(state: Path, port: int, region: str) -> None:
    """Settle ministack's environment: it reads it while being imported.

    Its defaults listen on every interface, share one state folder between all instances and
    clean up containers through the developer's Docker; none of that is wanted here.
    """
    own = state / "aws"
    own.mkdir(parents=True, exist_ok=True)
    (state / "mail").mkdir(exist_ok=True)
    os.environ.update(
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",
        MINISTACK_REGION=region,
        STATE_DIR=str(own),
        PERSIST_STATE="1",
        S3_PERSIST="1",
        S3_DATA_DIR=str(own / "s3"),
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        DOCKER_HOST=f"unix://{own}/no-docker",
        LOG_LEVEL=os.environ.get("LOG_LEVEL", "ERROR"),
    )


class Saver:
    """Writes the state of every used service to the disk, soon after a change."""

    def __init__(
        self, registry: dict[str, dict[str, Any]], save_state: Callable[[str, Any], None]
    ) -> None:
        self.registry = registry
        self.save_state = save_state
        self.written = asyncio.Event()
        self.saving = asyncio.Lock()

    async def save(self) -> None:
        """Copy the state now, on this thread, and write the copy on another."""
        async with self.saving:
            self.written.clear()
            states = self.snapshot()
            for name, state in states.items():
                await asyncio.to_thread(self.save_state, name, state)

    def snapshot(self) -> dict[str, Any]:
        """A copy of every service's state; one that fails is left as it was last saved."""
        states = {}
        for name, module in used_services(self.registry).items():
            try:
                state = module.get_state()
            except Exception as error:  # noqa: BLE001 - a service's own code; it must not cost the others
                print(f"no snapshot of {name}: {error}", file=sys.stderr, flush=True)
                continue
            if state is not None:
                states[name] = state
        return states

    async def run(self, stop: asyncio.Event) -> None:
        """Save after writes until told to stop."""
        while not stop.is_set():
            await asyncio.sleep(SNAPSHOT_AFTER)
            if self.written.is_set():
                await self.save()


def used_services(registry: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The modules of ministack's services that have been imported and keep a state, by the name
    of the file that it goes to."""
    names: dict[str, str] = {}
    for service in registry.values():
        names[service.get("state_key", service["module"])] = service["module"]
        names |= {name: name for name in service.get("sub_modules", ())}
    loaded = {key: sys.modules.get(f"ministack.services.{name}") for key, name in names.items()}
    return {key: module for key, module in loaded.items() if hasattr(module, "get_state")}


class Keeper:
    """The ASGI application around ministack's: notices writes, keeps mails, saves on demand."""

    def __init__(self, app: Callable[..., Awaitable[None]], mail: Path, saver: Saver) -> None:
        self.app = app
        self.mail = mail
        self.saver = saver

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, or a lifespan message."""
        if scope["type"] == "http" and scope["path"] == SAVE_NOW:
            await self.saver.save()
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        elif scope["type"] == "http" and scope["path"] == SEND_EMAIL:
            await self.keep_mail(scope, receive, send)
            self.saver.written.set()
        else:
            await self.app(scope, receive, send)
            if scope["type"] == "http" and writes(scope):
                self.saver.written.set()

    async def keep_mail(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let ministack judge the mail, and answer once it is on the disk."""
        request = await read_body(receive)
        messages = iter([{"type": "http.request", "body": request, "more_body": False}])
        answer: list[Message] = []

        async def replayed() -> Message:
            return next(messages, None) or await receive()

        async def hold(message: Message) -> None:
            answer.append(message)

        await self.app(scope, replayed, hold)
        if answer and answer[0].get("status") == 200:
            body = b"".join(part.get("body", b"") for part in answer[1:])
            record = {"MessageId": json.loads(body)["MessageId"], "Request": json.loads(request)}
            path = self.mail / f"{time.time_ns()}.json"
            write_atomically(path, json.dumps(record).encode())
        for message in answer:
            await send(message)


async def read_body(receive: Receive) -> bytes:
    """The whole request body, or what came of it before the client left."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def writes(scope: Message) -> bool:
    """Whether a request may have changed something; in doubt, yes."""
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
    return scope["method"] != "GET" and not target.rpartition(".")[2].startswith(READS)


def watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when standard input, a pipe that only the parent holds, is closed."""

    def readable() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop.set()

    loop.add_reader(0, readable)


async def serve(socket_fd: int, state: Path) -> None:
    """Serve ministack on an already listening socket until told to stop."""
    from hypercorn.asyncio import serve as serve_asgi
    from hypercorn.config import Config
    from ministack import app as ministack
    from ministack.core.persistence import save_state

    saver = Saver(ministack.SERVICE_REGISTRY, save_state)
    keeper = Keeper(ministack.app, state / "mail", saver)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watch_parent(loop, stop)
    config = Config()
    config.bind = [f"fd://{socket_fd}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "ERROR"
    saving = asyncio.create_task(saver.run(stop))

    async def stopped() -> None:
        await stop.wait()
        await saving  # ministack saves by itself now: no snapshot may be under way

    await serve_asgi(keeper, config, shutdown_trigger=stopped)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description="The local AWS of Kapula.")
    parser.add_argument("--socket", type=int, required=True, help="file descriptor to serve")
    parser.add_argument("--port", type=int, required=True, help="the port of that socket")
    parser.add_argument("--region", required=True)
    parser.add_argument("state", type=Path, help="folder for state and mails")
    arguments = parser.parse_args()
    state: Path = arguments.state.absolute()
    configure(state, arguments.port, arguments.region)
    asyncio.run(serve(arguments.socket, state))


if __name__ == "__main__":
    main()

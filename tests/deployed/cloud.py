"""An AWS of one's own, with IAM enforced, Kapula deployed into it, and the way to it by HTTPS."""

import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3

from infra.local import mailbox
from infra.local.child import ROOT
from infra.local.mail import Outgoing
from infra.local.sockets import listening_socket

REGION = "eu-north-1"
STAGE = "deployed"
PATIENCE = 40.0  # seconds; each function starts a process at its first call


class Cloud:
    """ministack with AUTH=true, in a process of its own, with an empty state."""

    def __init__(self, state: Path) -> None:
        state.mkdir()
        self.state = state
        with listening_socket() as listener, (state / "aws.log").open("wb") as log:
            self.port = listener.getsockname()[1]
            command = [str(ROOT / ".venv-aws" / "bin" / "python"), "-P", "infra/local/aws.py"]
            command += ["--socket", str(listener.fileno()), "--port", str(self.port)]
            self._process = subprocess.Popen(
                [*command, "--region", REGION, str(state)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                env={"PATH": os.environ["PATH"], "AUTH": "true", "LOG_LEVEL": "INFO", **ROOT_KEYS},
            )
        self.log = state / "aws.log"
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.outgoing = Outgoing(state / "mail")
        self.environ = {
            **{k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR", "LANG") if k in os.environ},
            **ROOT_KEYS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._wait()

    def client(self, service: str, keys: Mapping[str, str] | None = None):
        """A client of this cloud, as its root or with other credentials."""
        keys = keys or ROOT_KEYS
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        )

    def run(self, command: str, *rest: str, **settings: str) -> str:
        """A command of `infra.deploy`, as make runs it; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "infra.deploy", command, STAGE, *rest],
            cwd=ROOT,
            env={**self.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def outputs(self) -> dict[str, str]:
        stacks = self.client("cloudformation").describe_stacks(StackName=f"kapula-{STAGE}")
        return {o["OutputKey"]: o["OutputValue"] for o in stacks["Stacks"][0]["Outputs"]}

    def keys_of(self, function: str) -> dict[str, str]:
        """Credentials of a function's role. Its trust is opened to the root for it: here only
        the role's rights are tried, and its trust is the template's guard's matter."""
        role = self.client("lambda").get_function(FunctionName=function)["Configuration"]["Role"]
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        self.client("iam").update_assume_role_policy(
            RoleName=role.rpartition("/")[2],
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}),
        )
        told = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tried")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": told["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": told["SecretAccessKey"],
            "AWS_SESSION_TOKEN": told["SessionToken"],
        }

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
                connection.request("GET", "/_ministack/ready")
                if connection.getresponse().status == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.1)
        raise AssertionError(f"the cloud did not start: {self.log.read_text()}")


ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Now:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Deployed:
    """What `Journey` needs of a stack, told by a deployed one."""

    cloud: Cloud
    url: str
    clock: Now

    def advance(self, **_: float) -> None:
        """Time cannot be moved there; the least time for filling a form passes by itself."""
        time.sleep(1.2)

    def mailbox(self) -> list[dict[str, object]]:
        return [mailbox.as_json(mail, self.url) for mail in self.cloud.outgoing.mails()]

    def settle(self) -> None:
        """Until the stream has brought every mail to the mailer, and the mailer dealt with it."""
        end = time.monotonic() + PATIENCE
        while (left := self.outbox("pending")) and time.monotonic() < end:
            time.sleep(0.2)
        assert not left, f"not sent: {left}"

    def outbox(self, status: str) -> list[dict[str, object]]:
        table = self.cloud.client("dynamodb")
        rows = table.scan(TableName=f"kapula-{STAGE}-cases", ConsistentRead=True)["Items"]
        return [row for row in rows if row.get("status") == {"S": status}]


class Front:
    """TLS before the emulator's CloudFront, which speaks plain HTTP: the browser is sent here
    for every `*.cloudfront.net`, and the name it asked for goes on as Host."""

    def __init__(self, port: int, folder: Path) -> None:
        cloud = port

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
                connection = HTTPConnection("127.0.0.1", cloud, timeout=PATIENCE)
                connection.request(
                    self.command,
                    self.path,
                    self.rfile.read(length),
                    {**headers, "X-Forwarded-Proto": "https"},
                )
                answer = connection.getresponse()
                body = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_POST = do_HEAD = do_GET  # noqa: N815  # http.server's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody trusts, and its key; the browser is told not to ask."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cloudfront.net")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*.cloudfront.net")]), False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private

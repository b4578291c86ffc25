"""Somebody who visits a deployed Kapula without a browser: pages, forms, files, links by mail."""

from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.deployed.cloud import Deployed
from tests.faults.pages import Form, Page


class Visitor:
    """Requests through CloudFront; addresses are those of the mails."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed

    def ask(self, path: str, typed: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Status, type of content or where it leads on, and what came."""
        connection = HTTPConnection("127.0.0.1", self.deployed.cloud.port, timeout=60)
        headers = {"Host": self.deployed.url.removeprefix("https://"), "X-Forwarded-Proto": "https"}
        if typed is None:
            connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urlencode(typed), headers)
        answer = connection.getresponse()
        told = answer.getheader("Location") or answer.getheader("Content-Type") or ""
        return answer.status, told, answer.read()

    def page(self, path: str, typed: dict[str, str] | None = None) -> Page:
        status, _, body = self.ask(path, typed)
        return Page(status, body.decode())

    def sends(self, process: str, form: str, last: str, typed: dict[str, str]) -> None:
        """A public form, from its last step over the review."""
        path = f"/api/forms/{process}/{form}"
        review = self.page(path, {**typed, "_step": last, "_lang": "fi"})
        assert (review.status, review.errors()) == (200, {})
        self.deployed.advance()
        assert self.ask(path, review.form(id="send").sends())[0] == 303
        self.deployed.settle()

    def decides(self, email: str, action: str, **typed: str) -> None:
        """By the newest of somebody's links on which this can be decided."""
        for path in self.links(email):
            page = self.page(path)
            form = next((f for f in page.forms if _offers(f, action)), None)
            if form:
                break
        else:
            raise AssertionError(f"no link of theirs offers {action}")
        answer = self.page(path, {**form.sends(), **typed, "action": action})
        assert (answer.status, answer.errors()) == (303, {}), action
        self.deployed.settle()

    def links(self, email: str, part: str = "/api/t/") -> list[str]:
        """The paths of such links that were mailed to somebody, the newest first."""
        links = [x for m in self.deployed.mailbox() if m["to"] == email for x in m["links"]]
        return [x.removeprefix(self.deployed.url) for x in reversed(links) if part in x]


def _offers(form: Form, action: str) -> bool:
    return any(c.name == "action" and c.offered == action for c in form.controls)

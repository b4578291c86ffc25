"""Any process walked through its real pages: forms are filled, mails opened, buttons pressed.

What a person sees at each step; no browser is needed. Stores and clock are those of ``World``.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape

from functions.entry.clock import app as clock
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.case import Case
from tests.fakes import START, World


class Visits(World):
    """A world whose people have nothing but the site and their mailboxes; it begins when said."""

    def __init__(self, begun: datetime = START) -> None:
        super().__init__()
        self.clock.time = begun
        self.site = public.create_app(self.services).test_client()
        self.links = party.create_app(self.services).test_client()

    def send(self, form: str, typed: Mapping[str, str], language: str = "en") -> None:
        """Fill a public form (``process/form``), look at the review and send it."""
        path = f"/api/forms/{form}"
        got = self.site.post(path, data={**typed, "_lang": language})
        assert got.status_code == 200, got.text
        form_html = got.text[got.text.index("<form") : got.text.index("</form>")]
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form_html)
        self.clock.forward(seconds=5)
        got = self.site.post(path, data={name: unescape(value) for name, value in found})
        assert got.status_code == 303, got.text

    def link(self, address: str) -> str:
        """The link in the last mail to somebody, once all mails have left."""
        self.deliver_all()
        mail = next(m for m in reversed(self.post.sent) if m["To"] == address)
        body = mail.get_body(("plain",))
        assert body is not None
        found = re.search(r"/api/t/[\w-]+", body.get_content())
        assert found is not None
        return found[0]

    def press(self, address: str, action: str, **said: str) -> str:
        """Open the last mail's link, decide there, and read the page that follows."""
        path = self.link(address)
        page = self.links.get(path).text
        assert f'value="{action}"' in page, f"{address} cannot {action}"
        got = self.links.post(path, data={"action": action, **said})
        assert got.status_code in (200, 303), got.text
        after = self.links.get(got.headers["Location"]) if got.status_code == 303 else got
        return unescape(after.text)

    def wait(self, days: int) -> None:
        """Let days pass, with the clock's rounds in them."""
        for _ in range(days):
            self.deliver_all()
            self.clock.forward(days=1)
            clock.handle(self.services, {})

    def case_of(self, address: str) -> Case:
        """The case that somebody with this address is in."""
        found = (f.case for f in self.cases.folders.values())
        return next(c for c in found if any(p.email == address for p in c.parties))

    def last_mail(self, address: str) -> str:
        """The name of the last mail that was ordered for somebody."""
        case = self.case_of(address)
        mine = {p.id for p in case.parties if p.email == address}
        told = [(n, k.order) for (i, n), k in self.cases.outbox.items() if i == case.id]
        return [order.mail for _, order in sorted(told, key=lambda x: x[0]) if order.party in mine][
            -1
        ]

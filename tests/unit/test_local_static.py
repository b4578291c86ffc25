"""The site as the local stack serves it."""

import pytest
from werkzeug.test import Client

from infra.local.static import StaticSite, content_security_policy

POLICY = content_security_policy(["'sha256-abc'"])


@pytest.fixture
def client(tmp_path):
    root = tmp_path / "site"
    for name in ("sv", "en/page", "assets"):
        (root / name).mkdir(parents=True)
    for name in ("index.html", "en/index.html", "en/page/index.html"):
        (root / name).write_text(f"page {name}")
    for name in ("404.html", "sv/404.html", "en/404.html"):
        (root / name).write_text(f"missing {name}")
    (root / "assets" / "å b.css").write_text("body {}")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site-other").mkdir()
    (tmp_path / "site-other" / "secret.txt").write_text("secret")
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    return Client(StaticSite(root, POLICY))


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/", "page index.html", "text/html; charset=utf-8"),
        ("/en/", "page en/index.html", "text/html; charset=utf-8"),
        ("/en/page/index.html", "page en/page/index.html", "text/html; charset=utf-8"),
        ("/assets/%C3%A5%20b.css", "body {}", "text/css; charset=utf-8"),
    ],
)
def test_file_is_served_with_its_type_and_headers(client, path, text, kind):
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer.content_type) == (200, text, kind)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Disposition" not in answer.headers


def test_folder_without_slash_redirects_for_good(client):
    answer = client.get("/en/page?x=1")
    assert (answer.status_code, answer.location) == (301, "/en/page/")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/nothing", "404.html"),
        ("/sv/nothing/", "sv/404.html"),
        ("/en/nothing", "en/404.html"),
        ("/english", "404.html"),
        ("/assets/", "404.html"),
        ("/index.html/", "404.html"),
    ],
)
def test_missing_page_answers_in_its_language(client, path, page):
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, f"missing {page}")
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/../site-other/secret.txt",
        "/%2fsecret.txt",
        "/%2fexample.org/%2e%2e",
        "/leak.txt",
        "/%00",
        "/..",
    ],
)
def test_nothing_outside_the_site_is_served(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_head_has_the_headers_only(client):
    answer = client.head("/")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len("page index.html")


def test_unchanged_page_is_not_sent_again(client):
    tag = client.get("/").headers["ETag"]
    answer = client.get("/", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_posting_to_a_page_is_refused(client):
    answer = client.post("/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_stack_without_a_site_has_no_pages():
    assert Client(StaticSite(None, POLICY)).get("/").status_code == 404

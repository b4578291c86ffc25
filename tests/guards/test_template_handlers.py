"""What stands between the HTTP API and a Flask app: bodies, headers, status, and the way in."""

import base64
import os

import pytest
from botocore.exceptions import ClientError
from flask import Flask, Response, request

from functions.entry import start


@pytest.fixture
def handler(monkeypatch):
    monkeypatch.setitem(os.environ, "KAPULA_ORIGIN", "new,old")
    app = Flask("echo")

    @app.post("/api/t/<word>")
    def echo(word: str) -> Response:
        told = f"{word} {request.args['lang']} {request.form['näin']} {request.remote_addr}"
        return Response(told, 422, {"X-Told": "å"}, mimetype="text/html")

    return start.web(app)


def event(body="n%C3%A4in=%C3%A4%26b", encoded=False, **headers):
    return {
        "version": "2.0",
        "rawPath": "/api/t/y%C3%B6",
        "rawQueryString": "lang=sv",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": "api.example.org",
            "x-forwarded-for": "203.0.113.66",
            "x-origin-verify": "new",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        "requestContext": {
            "http": {"method": "POST", "sourceIp": "192.0.2.9", "protocol": "HTTP/1.1"}
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def test_form_comes_in_and_page_goes_out(handler):
    answer = handler(event(), None)
    assert answer["statusCode"] == 422
    assert answer["body"] == "yö sv ä&b 192.0.2.9"
    assert answer["isBase64Encoded"] is False
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["headers"]["x-told"] == "å"


def test_encoded_body_is_the_same(handler):
    body = base64.b64encode(event()["body"].encode()).decode()
    assert handler(event(body, encoded=True), None) == handler(event(), None)


@pytest.mark.parametrize(
    ("told", "source"),
    [("198.51.100.7:46532", "198.51.100.7"), ("2001:db8::7:46532", "2001:db8::7")],
)
def test_source_is_what_cloudfront_says(handler, told, source):
    answer = handler(event(cloudfront_viewer_address=told), None)
    assert answer["body"].endswith(f" {source}")


def test_word_of_cloudfront_before_the_last_is_accepted(handler):
    assert handler(event(x_origin_verify="old"), None)["statusCode"] == 422


@pytest.mark.parametrize("word", ["", "older", "new,old", "é"])
def test_request_past_cloudfront_is_refused(handler, word):
    assert handler(event(x_origin_verify=word), None)["statusCode"] == 403


class Ssm:
    """Parameters by name and version; what it does not know it answers with ``code``."""

    def __init__(self, kept, code="ParameterVersionNotFound"):
        self.kept, self.code = kept, code

    def get_parameter(self, *, Name, WithDecryption):  # noqa: N803  # its names there
        if Name not in self.kept:
            raise ClientError({"Error": {"Code": self.code}}, "GetParameter")
        return {"Parameter": {"Value": self.kept[Name]}}


def test_earlier_secrets_are_asked_for_by_version():
    """The latest first, as far as SSM remembers; any other failure is one."""
    ssm = Ssm({"/kapula/secret:3": "c", "/kapula/secret:2": "b"})
    assert start.earlier(ssm, "/kapula/secret:4") == [b"c", b"b"]
    assert start.earlier(ssm, "/kapula/secret:1") == start.earlier(ssm, "/smoke") == []
    with pytest.raises(RuntimeError):
        start.earlier(Ssm({}, "ThrottlingException"), "/kapula/secret:4")

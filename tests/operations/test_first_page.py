"""The server's pages advertise nothing, also before a new browser has signed in."""

import asyncio
from typing import Any

from flows.cli.first_page import _FirstPage

PAGE = b"<!DOCTYPE html><html><head><title>x</title></head></html>"


def answered(kind: bytes, accept: bytes, body: list[bytes]) -> tuple[dict[bytes, bytes], bytes, dict[bytes, bytes]]:
    """Headers and body that a browser gets of an answer of this kind, and the headers that were asked with."""
    sent: list[dict[str, Any]] = []
    asked: dict[bytes, bytes] = {}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        asked.update(scope["headers"])
        length = str(len(b"".join(body))).encode()
        headers = [(b"content-type", kind), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for at, part in enumerate(body):
            await send({"type": "http.response.body", "body": part, "more_body": at + 1 < len(body)})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"accept", accept), (b"accept-encoding", b"gzip")]
    asyncio.run(_FirstPage(app)({"type": "http", "method": "GET", "headers": headers}, None, send))
    return dict(sent[0]["headers"]), b"".join(one["body"] for one in sent[1:]), asked


def test_a_page_is_told_and_its_length_is_right() -> None:
    headers, body, asked = answered(b"text/html; charset=utf-8", b"text/html,*/*", [PAGE[:40], PAGE[40:]])
    assert b'<head><script>localStorage.setItem("prefect-show-promotional-content", "false");' in body
    assert body.replace(body[body.index(b"<script>") : body.index(b"</script>") + 9], b"") == PAGE
    assert int(headers[b"content-length"]) == len(body)
    assert b"accept-encoding" not in asked


def test_what_is_no_page_is_left_alone() -> None:
    headers, body, asked = answered(b"application/json", b"application/json", [b"<head>"])
    assert body == b"<head>"
    assert headers[b"content-length"] == b"6"
    assert asked[b"accept-encoding"] == b"gzip"
    # A script that a browser opens as a page.
    assert answered(b"text/javascript", b"text/html", [b"<head>"])[1] == b"<head>"

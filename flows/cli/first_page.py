"""What the UI's pages know before they have asked the server for anything: that no advertisement is wanted.

Prefect's pages learn PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT from an answer that needs the password, and keep it in
the browser. Until then, on the very page that asks a new browser for the password, they offer Prefect's cloud.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["tell_first_page"]

_HEAD = b"<head>"
# The second offers another UI, which asks an address outside on every visit.
_SCRIPT = (
    b'<script>localStorage.setItem("prefect-show-promotional-content", "false");'
    b'localStorage.setItem("prefect-v2-promo-dismissed", "true")</script>'
)


class _FirstPage:
    """Put the script into each HTML page that `app`, an ASGI application, answers with."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        accepted = dict(scope.get("headers", ())).get(b"accept", b"")
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in accepted:
            await self._app(scope, receive, send)
            return
        # Two kilobytes of page: packed, they could not be added to.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        begun: dict[str, Any] = {}

        async def send_told(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and _is_html(message):
                begun.update(message)
                return
            if begun:
                body = message.get("body", b"")
                told = body.replace(_HEAD, _HEAD + _SCRIPT, 1)
                await send({**begun, "headers": _longer(begun["headers"], len(told) - len(body))})
                begun.clear()
                message = {**message, "body": told}
            await send(message)

        await self._app({**scope, "headers": headers}, receive, send_told)


def _is_html(start: dict[str, Any]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _longer(headers: list[tuple[bytes, bytes]], by: int) -> list[tuple[bytes, bytes]]:
    return [
        (name, str(int(value) + by).encode() if name.lower() == b"content-length" else value) for name, value in headers
    ]


def tell_first_page() -> None:
    """Have the server that this process will run send its pages so."""
    from prefect.server.api import server

    create = server.create_ui_app

    def create_told(ephemeral: bool) -> Any:
        app = create(ephemeral)
        app.add_middleware(_FirstPage)
        return app

    server.create_ui_app = create_told

"""Notifications leave through one block: a real mail server and a real web server take them."""

import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr, ValidationError

from flows.notifying import CountyNotification


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[int, Mailbox]]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield port, box
    controller.stop()


@pytest.fixture
def webhook() -> Iterator[tuple[int, list[tuple[str, dict]]]]:
    taken: list[tuple[str, dict]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"errcode": 0, "code": 0}')

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, taken
    server.shutdown()
    thread.join()
    server.server_close()


def block(*urls: str) -> CountyNotification:
    return CountyNotification(urls=SecretStr("\n".join(urls)))


def test_a_mail_arrives_with_chinese_subject_and_text(mailbox) -> None:
    port, box = mailbox
    url = f"mailto://127.0.0.1:{port}?from=xianbao@example.cn&to=zhang@example.cn&mode=insecure"
    block(url).notify(subject="岚川县：2 件报告未能入库", body="云岫镇 2022：文件为空\n望坪乡 2022：文件不完整")
    (mail,) = box.mails
    read = message_from_bytes(mail)
    assert str(make_header(decode_header(read["Subject"]))) == "岚川县：2 件报告未能入库"
    texts = [part.get_payload(decode=True).decode() for part in read.walk() if not part.is_multipart()]
    assert any("望坪乡 2022：文件不完整" in text for text in texts)
    assert not any("prefect" in text.lower() for text in texts)


def test_every_address_gets_it(webhook, mailbox) -> None:
    (web, taken), (port, box) = webhook, mailbox
    block(
        f"json://127.0.0.1:{web}/a", "", f"mailto://127.0.0.1:{port}?from=x@example.cn&to=y@example.cn&mode=insecure"
    ).notify(subject="逾期", body="石榴坪镇 2023")
    assert [(path, one["title"], one["message"]) for path, one in taken] == [("/a", "逾期", "石榴坪镇 2023")]
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    "url", ["wecombot://abcdef0123", "dingtalk://secret0123456@token012345678901", "feishu://abc0"]
)
def test_the_messengers_of_county_offices_are_known(url) -> None:
    assert block(url)


def test_an_unknown_address_is_refused_with_its_line_and_without_the_secret() -> None:
    with pytest.raises(ValidationError) as refused:
        block("json://127.0.0.1/a", "weixin://geheim@nowhere")
    words = str(refused.value.errors(include_input=False))
    assert "第2行" in words
    assert "geheim" not in words

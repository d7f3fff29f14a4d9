"""A source whose certificate has expired is told from one that is not there."""

import datetime as dt
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tasks.domain.county import County, Source
from tasks.domain.errors import SourceUnavailable
from tasks.fetch import list_source

# In a process of its own: which certificates are trusted is settled when the library is imported.
LISTING = """
import sys
from pathlib import Path
from tasks.domain.county import Source, read_county
from tasks.domain.errors import SourceUnavailable
from tasks.fetch import list_source
try:
    list_source(Source(name="网页", url=sys.argv[2]), read_county(Path(sys.argv[1])))
except SourceUnavailable as error:
    print(error.code, error.message("en"))
"""


def write_certificate(folder: Path, days: int) -> Path:
    """A certificate for 127.0.0.1 that is valid until `days` from today, with its key, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"certificate-{days}.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(params=[pytest.param(-3, id="expired"), pytest.param(30, id="valid")])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A web folder behind a certificate that expired three days ago, or holds for another month."""
    certificate = write_certificate(tmp_path, request.param)

    class Folder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b'<a href="a.txt">a.txt</a>')

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(
        url=f"https://127.0.0.1:{server.server_port}/", certificate=certificate, expired=request.param < 0
    )
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_expired_certificate_is_called_that(county: County, site: SimpleNamespace) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LISTING, str(county.folder), site.url],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=True,
        env={**os.environ, "SSL_CERT_FILE": str(site.certificate), "PYTHONUTF8": "1"},
    )  # fmt: skip
    if site.expired:
        assert listed.stdout.startswith("source_certificate ")
        assert "expired" in listed.stdout
        assert "renew" in listed.stdout
    else:
        assert listed.stdout == ""


def test_one_that_nobody_vouches_for_is_refused_as_well(county: County, site: SimpleNamespace) -> None:
    with pytest.raises(SourceUnavailable, match="source_certificate") as refused:
        list_source(Source(name="网页", url=site.url), county)
    assert "Traceback" not in refused.value.message("zh")


def test_a_server_that_is_away_is_not_blamed_on_its_certificate(county: County) -> None:
    with pytest.raises(SourceUnavailable, match="source_unavailable") as refused:
        list_source(Source(name="网页", url="https://127.0.0.1:9/"), county)
    assert "127.0.0.1:9" in refused.value.message("zh")

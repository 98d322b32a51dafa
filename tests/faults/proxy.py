"""The shipped `nginx.conf` in front of the bot: a real nginx, in which only ports and paths differ."""

import contextlib
import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
NEEDED = "no nginx: apt-get install -y nginx"
SITE = Path(__file__).parents[2] / ".github" / "deploy" / "nginx.conf"
CERTIFICATES = "/etc/letsencrypt/live/coach.example.org"
READY_WITHIN = 60  # seconds
# What surrounds the site: as in Debian's nginx.conf, but for the paths.
MAIN = """
daemon off;
user {user};
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class NoProxy(Exception):
    """nginx is not installed, or did not start."""


@contextlib.contextmanager
def proxied(folder: Path, port: int) -> Iterator[int]:
    """Yield the port at which nginx takes HTTPS for a bot on `port`. Raise NoProxy."""
    if NGINX is None:
        raise NoProxy(NEEDED)
    folder.mkdir()
    ours = free_port()
    (folder / "site.conf").write_text(_site(folder, ours, port))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser()))
    _write_certificate(folder)
    with (folder / "said").open("wb") as said:
        nginx = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=said)
        try:
            _wait(nginx, folder, ours)
            yield ours
        finally:
            nginx.terminate()
            nginx.wait()


def _site(folder: Path, ours: int, port: int) -> str:
    text = SITE.read_text(encoding="utf-8")
    for shipped, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{ours} ssl;"),
        ("server 127.0.0.1:3000;", f"server 127.0.0.1:{port};"),
        (f"{CERTIFICATES}/", f"{folder}/"),
    ):
        if shipped not in text:
            raise NoProxy(f"{SITE} has no `{shipped}`")
        text = text.replace(shipped, here)
    return text


def _write_certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bot")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _wait(nginx: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        if nginx.poll() is not None or time.monotonic() > until:
            raise NoProxy((folder / "said").read_text())
        time.sleep(0.02)

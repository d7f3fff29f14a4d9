"""Several hosts on one machine: network namespaces with one switch between them, whose cables can be pulled out."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import without_prefect

__all__ = ["Host", "Network", "network"]

# For tests of networks, by RFC 2544: nothing else has these.
_SUBNET = "198.18.77"
_STOP_SECONDS = 60
_ASKED = "XIANBAO_TEST_HOSTS"
# Restart=always and RestartSec=5 of the units; told to end, it ends what it runs.
_ALWAYS = """
trap 'kill $!; wait $!; exit' TERM
while :; do "$@" & wait $!; sleep 5 & wait $!; done
"""


class Host:
    """A host of its own addresses; files are shared, as by a network drive that stays when the cable is pulled."""

    def __init__(self, name: str, address: str, port: str, switch: str) -> None:
        self.name, self.address, self._port, self._switch = name, address, port, switch

    def command(self, *words: str) -> list[str]:
        """The command line that runs these words on the host."""
        return ["ip", "netns", "exec", self.name, *words]

    def unplug(self) -> None:
        """Pull its cable out of the switch."""
        _ip("-n", self._switch, "link", "set", self._port, "down")

    def plug_in(self) -> None:
        """Put its cable back."""
        _ip("-n", self._switch, "link", "set", self._port, "up")

    @contextlib.contextmanager
    def running(self, log: Path, *words: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run this on the host for the length of the block, started again whenever it ends, as systemd does."""
        with log.open("ab") as stream:
            process = subprocess.Popen(
                self.command("bash", "-c", _ALWAYS, words[0], *words),
                env={**without_prefect(), **environment}, stdout=stream, stderr=stream, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Network:
    """The hosts of a test, by their names."""

    def __init__(self, switch: str) -> None:
        self._switch = switch
        self.hosts: list[Host] = []

    def add(self, name: str) -> Host:
        """Connect another host to the switch."""
        number = len(self.hosts) + 2
        host = Host(f"{self._switch}-{name}", f"{_SUBNET}.{number}", f"port{number}", self._switch)
        _ip("netns", "add", host.name)
        self.hosts.append(host)
        _ip("-n", host.name, "link", "add", "cable", "type", "veth", "peer", "name", f"port{number}",
            "netns", self._switch)  # fmt: skip
        self._connect(f"port{number}")
        _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "cable")
        for one in ("lo", "cable"):
            _ip("-n", host.name, "link", "set", one, "up")
        return host

    def _connect(self, port: str) -> None:
        _ip("-n", self._switch, "link", "set", port, "master", "bridge")
        _ip("-n", self._switch, "link", "set", port, "up")

    def add_this_machine(self) -> None:
        """Connect the machine that the test itself runs on, so that it can ask the server."""
        _ip("link", "add", f"{self._switch}", "type", "veth", "peer", "name", "desk", "netns", self._switch)
        self._connect("desk")
        _ip("addr", "add", f"{_SUBNET}.1/24", "dev", self._switch)
        _ip("link", "set", self._switch, "up")


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """Give a switch that this machine is connected to; skips where hosts cannot be made."""
    if os.environ.get(_ASKED) != "1":
        # Cables stay out for minutes, and what is looked at are times: not beside all other tests.
        pytest.skip(f"several hosts with cables pulled out take twenty minutes: {_ASKED}=1 runs these")
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("hosts of their own need root and `ip` (Debian: iproute2)")
    switch = f"xb{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", switch], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    net = Network(switch)
    try:
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        net.add_this_machine()
        yield net
    finally:
        for host in net.hosts:
            _ip("netns", "del", host.name)
        # Takes the cables with it, this machine's as well.
        _ip("netns", "del", switch)
        _wait_gone(switch)


def _wait_gone(link: str) -> None:
    """Wait until the kernel has taken the cable away: it does so some moments later."""
    deadline = time.monotonic() + 10
    while Path("/sys/class/net", link).exists():
        assert time.monotonic() < deadline, link
        time.sleep(0.1)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

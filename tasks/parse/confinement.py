"""What a worker process may not do: no network, no more memory, open files and written bytes than it is allowed.

Memory is the kernel's limit on address space, so an allocation beyond it fails in the worker and nowhere else. The
network is closed by a seccomp filter that refuses every socket but local ones; child processes (LibreOffice) inherit
it. Where there is no seccomp, a network namespace is tried, which needs privileges. Python's own sockets are refused
in any case.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from tasks.domain.limits import ParseLimits

__all__ = ["confine", "end_with"]

_OPEN_FILES = 256
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None)
_NETWORK_EVENTS = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
)


def confine(limits: ParseLimits) -> None:
    """Lay the limits on this process for good; called once, as a worker starts.

    `limits.memory_bytes` counts beyond what the process holds already (interpreter and libraries).
    """
    # Ctrl-C goes to the whole process group; the parent decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _limit(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, limits.decompressed_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _close_network()


def end_with(parent: int) -> None:
    """See to it that this process is killed when `parent`, which started it, has ended in whatever way."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it had ended before


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (value, value))


def _address_space() -> int:
    """Return the bytes of address space that this process has now (proc(5), the first number of statm, in pages)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _close_network() -> None:
    sys.addaudithook(_refuse_network)
    try:
        import pyseccomp

        only_local = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
        only_local.add_rule(
            pyseccomp.ERRNO(errno.EACCES), "socket", pyseccomp.Arg(0, pyseccomp.NE, int(socket.AF_UNIX))
        )
        only_local.load()
    except (ImportError, OSError, RuntimeError):
        # Without privileges this changes nothing and says so in a return value; the audit hook stands all the same.
        _LIBC.unshare(_CLONE_NEWNET)


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _NETWORK_EVENTS:
        return
    local = event in {"socket.connect", "socket.bind"} and isinstance(arguments[1], str | bytes)
    if not local:
        raise PermissionError(errno.EACCES, f"{event}: a reader has no network")

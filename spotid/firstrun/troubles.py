"""What can go wrong while setting up, each with a sentence that says what happened and what to do."""

from __future__ import annotations

import errno
import re
import sys


class Trouble(Exception):
    """A set-up that can't go on; ``sentence`` says what happened, ``advice`` what to do next."""

    def __init__(self, sentence: str, advice: str, exit_code: int = 1) -> None:
        self.sentence = sentence
        self.advice = advice
        self.exit_code = exit_code
        super().__init__(f"{sentence} {advice}")

    def text(self) -> str:
        """Both sentences as they are shown."""
        return f"{self.sentence}\n{self.advice}"


DISK = (
    "There is not enough room on the disk to set SpotID up.",
    "Free some space and start again; what was fetched so far is kept.",
)
NETWORK = (
    "The packages that SpotID needs could not be fetched: there is no connection to the package index.",
    "Connect to the internet and start again; what was fetched so far is kept. To set up without a connection, see "
    "“python3 launch.py --help”.",
)
CERTIFICATE = (
    "The packages could not be fetched: the connection's certificate is not trusted.",
    "This happens where a company or university inspects encrypted traffic: ask its IT for the certificate file, set "
    "the environment variable PIP_CERT to its path and start again. A wrong date on this computer has the same effect.",
)
PERMISSION = (
    "SpotID's folder can't be written to.",
    "Copy the whole SpotID folder to a place that is yours, such as your home folder, and start it there.",
)
IN_USE = (
    "A file of the set-up is in use by another program.",
    "Close every SpotID window, wait a moment and start again; a virus scanner can hold files for a minute.",
)
NO_VENV = (
    "This Python lacks the part that makes virtual environments.",
    "On Debian or Ubuntu run “sudo apt install python3-venv” and start again; elsewhere use the one from python.org.",
)
NO_MATCH = (
    "There is no ready-made package of {package} for this computer with Python {python}.",
    "Use a 64-bit Python 3.11, 3.12 or 3.13 from python.org and start again. If a folder named wheels stands beside "
    "launch.py, it must hold every package; see “python3 launch.py --help”.",
)
DAMAGED = (
    "A fetched package was damaged on the way.",
    "Start again; if it happens again, run “python3 -m pip cache purge” first.",
)
LONG_PATH = (
    "The path of SpotID's folder is too long for Windows.",
    "Move the folder to a short path such as C:\\SpotID and start again.",
)
MEMORY = (
    "The computer ran out of memory while setting SpotID up.",
    "Close other programs and start again; what was fetched so far is kept.",
)
UNKNOWN = (
    "Setting SpotID up did not work.",
    "Start again; if it stops at the same place, delete the folder .venv beside launch.py and start once more.",
)

# The first that matches is the cause. Offline, pip ends with "no matching distribution", so the network comes first.
PATTERNS = (
    (r"No space left on device|Errno 28|WinError 112|not enough space|Disk quota exceeded", DISK),
    (r"CERTIFICATE_VERIFY_FAILED|SSLError|certificate verify failed", CERTIFICATE),
    (
        r"NewConnectionError|NameResolutionError|Failed to establish a new connection|ConnectTimeout|ReadTimeout"
        r"|getaddrinfo failed|name resolution|Network is unreachable|Max retries exceeded|ProxyError|Connection broken"
        r"|Connection aborted|ConnectionReset|Could not fetch URL|IncompleteRead|Connection refused",
        NETWORK,
    ),
    (r"Windows Long Path|WinError 206", LONG_PATH),
    (r"ensurepip is not\s+available|No module named '?(venv|ensurepip|pip)", NO_VENV),
    (r"WinError 32|being used by another process", IN_USE),
    (r"Permission denied|Errno 13|WinError 5\b|Read-only file system|Errno 30", PERMISSION),
    (r"DO NOT MATCH THE HASHES|BadZipFile|invalid wheel|is not a valid wheel|has an invalid", DAMAGED),
    (r"MemoryError|Cannot allocate memory|Out of memory", MEMORY),
    (r"No matching distribution found|Could not find a version", NO_MATCH),
)


def explain(output: str, returncode: int, log: str) -> Trouble:
    """The trouble behind a child's ``output`` (what it printed) and exit status; ``log`` is where all of it stands."""
    sentence, advice = MEMORY if returncode in (-9, 137) else UNKNOWN
    for pattern, told in PATTERNS:
        if re.search(pattern, output, re.IGNORECASE):
            sentence, advice = told
            break
    named = re.search(r"No matching distribution found for ([\w.\-]+)", output)
    sentence = sentence.format(
        package=named.group(1) if named else "a needed library", python="{}.{}".format(*sys.version_info)
    )
    return Trouble(sentence, f"{advice}\nDetails: {log}")


def explain_os_error(error: OSError, path: str) -> Trouble:
    """The trouble behind a file that could not be made or removed."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        sentence, advice = DISK
    elif getattr(error, "winerror", None) in (32, 33):
        sentence, advice = IN_USE
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        sentence, advice = PERMISSION
    else:
        sentence, advice = f"A file of the set-up could not be written: {error.strerror or error}.", UNKNOWN[1]
    return Trouble(sentence, f"{advice}\nIt happened at: {error.filename or path}")

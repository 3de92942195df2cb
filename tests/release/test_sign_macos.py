"""release/sign_macos.sh with stand-ins for Apple's tools: what is asked of them, in which order, what stays behind.

Whether Apple accepts the outcome can only be seen on a Mac with a certificate.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "release" / "sign_macos.sh"
pytestmark = pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="a script for Bash")

# Each notes how it was called. `file` goes by the first four letters, `codesign --display` by a variable.
TOOLS = {
    "codesign": 'case "$*" in *--display*) echo "flags=0x10000(runtime)"; echo "${SHOWN-}" ;; esac\n'
    'case "$*" in *--verify*) exit "${VERIFY-0}" ;; esac',
    "security": 'case "$1" in list-keychains) [ $# -gt 3 ] || echo "    \\"/Users/x/login.keychain-db\\"" ;;'
    ' find-identity) echo "  1) ABCDEF \\"${IDENTITY-Developer ID Application}: Nobody (X1)\\"" ;; esac',
    "xcrun": 'case "$2" in submit) printf \'{"id": "n-1", "status": "%s"}\\n\' "${ANSWER-Accepted}" ;; esac',
    "ditto": ":",
    "spctl": ":",
    "openssl": "echo 00",
    "file": 'case "$(head -c 4 "$2")" in EXEC) echo "Mach-O 64-bit executable arm64" ;;'
    ' LIBR) echo "Mach-O 64-bit dynamically linked shared library arm64" ;; *) echo "ASCII text" ;; esac',
}
SECRETS = {
    "MACOS_CERTIFICATE": base64.b64encode(b"certificate").decode(),
    "MACOS_CERTIFICATE_PASSWORD": "word",
    "MACOS_NOTARY_KEY": base64.b64encode(b"key").decode(),
    "MACOS_NOTARY_KEY_ID": "K1",
    "MACOS_NOTARY_ISSUER": "I1",
}


class Mac:
    """A folder of stand-ins first on the search path, and an app to sign."""

    def __init__(self, folder: Path) -> None:
        self.log, self.tools, self.tmp = folder / "calls.txt", folder / "tools", folder / "tmp"
        self.tools.mkdir()
        self.tmp.mkdir()
        for name, body in TOOLS.items():
            path = self.tools / name
            path.write_text(f'#!/bin/sh\necho "{name} $*" >> "$CALLS"\n{body}\n')
            path.chmod(0o755)
        self.app = folder / "Spot ID.app"
        for inside, text in {
            "MacOS/Spot ID": "EXEC",
            "MacOS/spotid-cli": "EXEC",
            "Frameworks/a.dylib": "LIBR",
            "Frameworks/deep/er/b.so": "LIBR",
            "Frameworks/Python.framework/Versions/3.12/Python": "LIBR",
            "Resources/words.txt": "text",
        }.items():
            path = self.app / "Contents" / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """The script; ``variables`` beside the stand-ins."""
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "CALLS": str(self.log), "TMPDIR": str(self.tmp)}
        line = ["bash", str(SCRIPT), *(str(one) for one in arguments)]
        return subprocess.run(line, env={**environment, **variables}, capture_output=True, text=True)

    def calls(self) -> list[str]:
        """What the stand-ins were asked, without the folder's own path."""
        return self.log.read_text().replace(str(self.app), "APP").splitlines() if self.log.exists() else []


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    return Mac(tmp_path)


def test_without_a_certificate_it_says_so_and_goes_on(mac: Mac) -> None:
    done = mac.run(mac.app)
    assert done.returncode == 0 and "stays unsigned" in done.stdout and mac.calls() == []


@pytest.mark.parametrize("arguments", [[], ["--quickly"], ["nowhere.app"]])
def test_what_it_does_not_understand(mac: Mac, arguments: list[str]) -> None:
    done = mac.run(*arguments, **SECRETS)
    assert done.returncode == 2 and done.stderr and mac.calls() == []


@pytest.mark.parametrize("lacking", ["MACOS_CERTIFICATE_PASSWORD", "MACOS_NOTARY_KEY_ID", "MACOS_NOTARY_ISSUER"])
def test_half_of_the_secrets_is_an_error(mac: Mac, lacking: str) -> None:
    done = mac.run(mac.app, **{**SECRETS, lacking: ""})
    assert done.returncode == 2 and lacking in done.stderr and mac.calls() == []


def test_it_signs_from_the_inside_out_and_notarises(mac: Mac) -> None:
    done = mac.run(mac.app, **SECRETS)
    assert done.returncode == 0, done.stderr
    calls = mac.calls()
    signed = [call.rsplit("APP", 1)[1] for call in calls if call.startswith("codesign --force")]
    assert signed == [
        "/Contents/Frameworks/Python.framework/Versions/3.12/Python",
        "/Contents/Frameworks/deep/er/b.so",
        *[one for one in signed if one.count("/") == 3 and not one.endswith(".framework")],
        "/Contents/Frameworks/Python.framework",
        "",
    ]
    assert {"/Contents/MacOS/spotid-cli", "/Contents/Frameworks/a.dylib"} <= set(signed)
    assert "/Contents/MacOS/Spot ID" not in signed  # signed with the app, last
    for call in calls:
        if call.startswith("codesign --force"):
            assert "--options runtime" in call and "--timestamp" in call and "--sign ABCDEF" in call
            assert ("--entitlements" in call) == call.endswith(("spotid-cli", "APP"))
    order = [
        index
        for word in ("notarytool submit", "stapler staple", "--verify --deep --strict", "spctl --assess")
        for index, call in enumerate(calls)
        if word in call
    ]
    assert order == sorted(order) and len(order) == 4
    assert "every signature holds" in done.stdout


def test_nothing_secret_is_left_behind(mac: Mac) -> None:
    for answer in ("Accepted", "Invalid"):
        mac.run(mac.app, **SECRETS, ANSWER=answer)
        assert list(mac.tmp.iterdir()) == []
        assert mac.calls()[-1].startswith("security delete-keychain")
        assert any("list-keychains -d user -s /Users/x/login" in call for call in mac.calls()[-2:])


def test_what_apple_refuses_fails_with_its_reasons(mac: Mac) -> None:
    done = mac.run(mac.app, **SECRETS, ANSWER="Invalid")
    assert done.returncode == 5 and "not accepted" in done.stderr
    assert any("notarytool log n-1" in call for call in mac.calls()) and not any("staple " in c for c in mac.calls())


def test_a_signature_that_does_not_hold_fails(mac: Mac) -> None:
    assert mac.run(mac.app, **SECRETS, VERIFY="1").returncode != 0
    assert mac.run("--verify", mac.app).returncode == 0
    assert mac.run("--verify", mac.app, VERIFY="1").returncode != 0
    unsigned = mac.run("--verify", mac.app, SHOWN="Signature=adhoc")
    assert unsigned.returncode != 0 and "no identity" in unsigned.stderr


def test_a_certificate_of_another_kind_is_refused(mac: Mac) -> None:
    done = mac.run(mac.app, **SECRETS, IDENTITY="Apple Development")
    assert done.returncode == 4 and "Developer ID" in done.stderr


def test_a_folder_is_signed_but_not_notarised(mac: Mac) -> None:
    folder = mac.app.rename(mac.app.with_name("SpotID"))
    done = mac.run(folder, **SECRETS)
    assert done.returncode == 0 and not any("notarytool" in call for call in mac.calls())


def test_without_apples_tools_it_says_what_is_needed(mac: Mac) -> None:
    (mac.tools / "codesign").unlink()
    done = mac.run(mac.app, **SECRETS)
    assert done.returncode == 3 and "needs a Mac" in done.stderr


def test_the_entitlements_are_few() -> None:
    import plistlib

    asked = plistlib.loads((ROOT / "release" / "entitlements.plist").read_bytes())
    assert asked == {
        "com.apple.security.cs.allow-jit": True,
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
    }

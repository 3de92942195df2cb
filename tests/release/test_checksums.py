"""SHA256SUMS: what sha256sum reads, and what it does not see."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from release import checksums


def test_written_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.zip").write_bytes(b"bee")
    (tmp_path / "a.zip").write_bytes(b"ay")
    (tmp_path / ".hidden").write_bytes(b"x")
    assert checksums.main([str(tmp_path)]) == 0
    assert (tmp_path / "SHA256SUMS").read_bytes() == b"".join(
        f"{hashlib.sha256(body).hexdigest()}  {name}\n".encode() for name, body in (("a.zip", b"ay"), ("b.zip", b"bee"))
    )
    assert checksums.main([str(tmp_path), "--check"]) == 0
    if shutil.which("sha256sum"):
        subprocess.run(
            ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True
        )
    (tmp_path / "a.zip").write_bytes(b"other")
    (tmp_path / "b.zip").unlink()
    (tmp_path / "c.zip").write_bytes(b"sea")
    capsys.readouterr()
    assert checksums.main([str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["b.zip is missing.", "c.zip is not in SHA256SUMS.", "a.zip differs."]


def test_nothing_to_list(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no file"):
        checksums.main([str(tmp_path)])
    assert checksums.main([str(tmp_path), "--check"]) == 1

"""The site: its contents are those of the program's help, and what is built asks nothing of any other computer."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spotid.web import manual
from tests.docs.reading import ROOT

REMOTE = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed)\b[^>]*\bsrc=["']?(?:https?:)?//[^>]*>"""
    r"""|<link\b[^>]*\bhref=["']?(?:https?:)?//[^>]*>|<object\b[^>]*>|@import\b[^;]*//|url\(["']?(?:https?:)?//[^)]*\)""",
    re.I,
)


def test_the_contents_of_the_site_are_those_of_the_help() -> None:
    conf = runpy.run_path(str(ROOT / "docs" / "conf.py"))
    source = [(ROOT / "docs" / "index.md").read_text("utf-8")]
    conf["contents"](None, "index", source)
    trees = re.findall(r":caption: (.+)\n\n((?:.+ <.+>\n)+)", source[0])
    parts = manual.contents()
    assert [caption for caption, _ in trees] == [part.title for part in parts]
    for (_, lines), part in zip(trees, parts, strict=True):
        assert re.findall(r"(.+) <(.+)>", lines) == [(title, name) for name, title in part.pages]
    other = ["# Another page"]
    conf["contents"](None, "guide/review", other)
    assert other == ["# Another page"]


def test_a_built_page_asks_nothing_of_any_other_computer(tmp_path: Path) -> None:
    pytest.importorskip("furo", reason="the site's packages are not installed")
    source, built = tmp_path / "docs", tmp_path / "built"
    (source / "reference").mkdir(parents=True)
    (source / "pictures").mkdir()
    conf = (
        (ROOT / "docs" / "conf.py")
        .read_text("utf-8")
        .replace("Path(__file__).resolve().parent.parent", f"{str(ROOT)!r}")
    )
    (source / "conf.py").write_text(conf, "utf-8")
    shutil.copyfile(ROOT / "docs" / "pictures" / "home.png", source / "pictures" / "home.png")
    (source / "reference" / "settings.md").write_text("# Settings\n\n```python\nx = 1\n```\n", "utf-8")
    (source / "index.md").write_text(
        "# Manual\n\n![The first page](pictures/home.png)\n\n## Reference\n\n- [Settings](reference/settings.md)\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(source), str(built)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    files = [path for path in built.rglob("*") if path.suffix in (".html", ".css", ".js")]
    assert built / "reference" / "settings.html" in files and len(files) > 5
    for path in files:
        found = REMOTE.search(path.read_text("utf-8"))
        assert not found, f"{path.relative_to(built)}: {found and found[0][:200]}"
    assert "toctree-l1" in (built / "index.html").read_text("utf-8")


def test_what_is_remote_would_be_noticed() -> None:
    assert REMOTE.search('<script async src="https://cdn.example/x.js">')
    assert REMOTE.search('<link rel="stylesheet" href="//fonts.example/css">')
    assert REMOTE.search("src: url(https://fonts.example/f.woff2)")
    assert not REMOTE.search('<a href="https://example.org">there</a> <script src="_static/x.js">')

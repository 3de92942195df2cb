"""The manual as a site of its own: ``python -m sphinx -W --keep-going -b html docs build/manual``. It needs no network.

Which pages there are, and in which order, is said once: by the lists of links in index.md, for this and for the help
inside the program.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid import __version__

project = "SpotID"
author = "the authors of SpotID"
copyright = "the authors of SpotID; GNU Affero General Public License 3"
version = release = __version__
language = "en"

extensions = ["myst_parser"]
myst_enable_extensions: list[str] = []
myst_heading_anchors = 4  # links to headings as on the repository's website
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "words.txt"]
nitpicky = True
# Not for anchors: a site may draw its page by script, and repositories do.
linkcheck_anchors = False
linkcheck_ignore = [r"http://(127\.0\.0\.1|localhost)"]
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_allow_unauthorized = True

html_theme = "furo"
html_title = f"SpotID {__version__}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_theme_options: dict[str, Any] = {
    # The fonts that the computer has: nothing is fetched.
    "light_css_variables": {"color-brand-primary": "#85500a", "color-brand-content": "#85500a"},
    "dark_css_variables": {"color-brand-primary": "#e2aa57", "color-brand-content": "#e2aa57"},
}


def contents(app: Any, name: str, source: list[str]) -> None:
    """Make a table of contents of each list of links in index.md: the file itself stays plain Markdown."""
    if name != "index":
        return
    for part in re.split(r"(?m)^## ", source[0])[1:]:
        caption, _, rest = part.partition("\n")
        pages = re.findall(r"(?m)^- \[([^\]]+)\]\(([^)#]+)\.md\)", rest)
        lines = "\n".join(f"{title} <{page}>" for title, page in pages)
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", contents)

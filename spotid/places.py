"""Where things live: what ships with the program (read-only), and what is the user's (never inside the program)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

HOME_VARIABLE = "SPOTID_HOME"


def program_folder() -> Path:
    """The folder that holds templates, static files and sample data; read-only in an installed program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def user_path() -> Path:
    """Where ``user_folder`` lies or will lie; nothing is made."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("SpotID", appauthor=False))


def user_folder() -> Path:
    """The program's own notes about this user (recent projects, logs, models); ``SPOTID_HOME`` moves it."""
    folder = user_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def projects_folder() -> Path:
    """Where new projects are proposed: a plain folder that the user can find."""
    if os.environ.get(HOME_VARIABLE):
        return user_path() / "projects"
    return Path(platformdirs.user_documents_dir()) / "SpotID"


def log_folder() -> Path:
    """Where the program's log is written."""
    folder = user_folder() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sample_data() -> Path:
    """The small survey that ships with the program."""
    return program_folder() / "sample_data"

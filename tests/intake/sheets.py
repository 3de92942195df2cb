"""Sheets of metadata as people send them, written with whatever fault a test needs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

FILES = ("cam1/a.jpg", "cam1/b.jpg", "cam2/c.jpg", "cam2/d.mp4", "cam3/é.jpg")
HEAD = "original_path,unique_name,latitude,longitude,datetime"


def book(*sheets: Sequence[Sequence[Any]], title: str = "Sheet") -> bytes:
    """A workbook of these sheets."""
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, lines in enumerate(sheets, 1):
        sheet = workbook.create_sheet(f"{title}{number}")
        for line in lines:
            sheet.append(list(line))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def lines(*below: str, head: str = HEAD) -> bytes:
    """A CSV of these lines."""
    return "\n".join((head, *below, "")).encode()

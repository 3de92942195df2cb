"""What Windows shows under “Properties” of a program, in PyInstaller's notation."""

from __future__ import annotations

import re

TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable('040904B0', [
{strings}
    ])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])])
  ]
)
"""


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows wants: “0.1.0” and “0.1.0rc2” are 0, 1, 0, 0."""
    found = [int(one) for one in re.findall(r"\d+", re.split(r"[^0-9.]", version, maxsplit=1)[0])]
    first, second, third, fourth = [*found, 0, 0, 0, 0][:4]
    return first, second, third, fourth


def text(version: str, program: str) -> str:
    """The resource of the executable ``program`` (its name without “.exe”)."""
    what = "SpotID, command line" if program.endswith("cli") else "SpotID"
    strings = {
        "CompanyName": "SpotID",
        "FileDescription": what,  # what the task manager and SmartScreen show
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "AGPL-3.0-or-later",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "SpotID",
        "ProductVersion": version,
    }
    lines = ",\n".join(f"      StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return TEXT.format(numbers=numbers(version), strings=lines)

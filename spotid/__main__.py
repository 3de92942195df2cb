"""``python -m spotid``."""

from spotid.cli import main

main()

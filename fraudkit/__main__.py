"""Run a command: `python -m fraudkit --help`."""

import sys

from fraudkit.cli import main

sys.exit(main())

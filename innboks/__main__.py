"""`python -m innboks`: the same as the command `innboks`. Read next: `cli.py`."""

import sys

from innboks.cli import main

sys.exit(main())

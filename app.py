"""The router: everything it does is in fraudkit.ui.shell; the screens are in pages/."""

from fraudkit.ui import shell

shell.run()

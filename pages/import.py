"""Import: a file, what it holds, questions, progress, result."""

from fraudkit.ui import shell

page = shell.open_page("import")

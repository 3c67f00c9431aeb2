"""Use cases: the verbs that pages, commands and interfaces call."""

"""Compiled loops over the flattened forest; compiled once for any forest and cached on disk."""

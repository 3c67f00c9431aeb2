"""fraudkit: the open workbench for bank fraud analysts."""

__version__ = "0.1.0"

"""Documents for the file: made from plain values, the same bytes from the same values."""

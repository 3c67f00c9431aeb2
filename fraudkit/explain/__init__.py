"""Words, facts and numbers for people: why a transaction stands out, as the reader writes it."""

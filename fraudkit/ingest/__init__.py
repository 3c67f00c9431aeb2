"""From an extract to rows that can be trusted: receive, decode, sniff, map, validate."""

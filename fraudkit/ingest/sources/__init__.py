"""From a configured source to files that the importer takes: databases, object stores, HTTP, an inbox."""

"""A whole backlog: read in chunks, assessed by worker processes, kept as it goes, ranked and written at the end."""

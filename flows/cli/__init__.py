"""The `county` command: thin; it starts flows or calls tasks."""

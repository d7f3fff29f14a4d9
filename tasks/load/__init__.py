"""The Delta Lake warehouse: atomic loads and what is read back from it."""

"""Backfills: which keys, what would change, the frozen manifest, and the way back."""

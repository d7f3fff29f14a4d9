"""List sources and store new files untouched, content-addressed, never overwritten."""

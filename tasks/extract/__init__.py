"""Read figures out of a Document: quantities become mentions, mentions become facts."""

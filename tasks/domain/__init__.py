"""The nouns: reporting units, periods, documents, mentions, facts, findings, errors and their table schemas."""

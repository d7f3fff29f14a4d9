"""Bytes to a Document: text in any encoding, Word, born-digital PDF."""

"""The planted-error benchmark: a clean county is written, errors are planted, the real judge looks for them."""

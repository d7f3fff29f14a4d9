"""What is plausible: the indicator catalogue and the rules as data, and the suites built from them.

Imports nothing of `flows` or `tasks`. Importing this package does not import Great Expectations.
"""

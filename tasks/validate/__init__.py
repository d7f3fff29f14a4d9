"""Judge facts with Great Expectations; results become finding rows and Data Docs."""

from tasks.validate.judge import Validation, validate_facts

__all__ = ["Validation", "validate_facts"]

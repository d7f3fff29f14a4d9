"""Judge facts with Great Expectations; results become finding rows and Data Docs."""

from tasks.validate.checks import Evidence
from tasks.validate.judge import Validation, validate_facts

__all__ = ["Evidence", "Validation", "validate_facts"]

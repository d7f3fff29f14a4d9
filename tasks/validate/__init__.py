"""Judge facts with Great Expectations; results become finding rows and Data Docs."""

from tasks.validate.checks import Evidence
from tasks.validate.docs import has_pages
from tasks.validate.judge import Validation, validate_facts
from tasks.validate.ready import make_ready
from tasks.validate.scope import Scope, judged_by, scope_of_change

__all__ = [
    "Evidence",
    "Scope",
    "Validation",
    "has_pages",
    "judged_by",
    "make_ready",
    "scope_of_change",
    "validate_facts",
]

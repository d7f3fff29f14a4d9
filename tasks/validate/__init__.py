"""Judge facts with Great Expectations; results become finding rows and Data Docs."""

from tasks.validate.checks import Evidence
from tasks.validate.docs import docs_judged_by
from tasks.validate.judge import Validation, validate_facts
from tasks.validate.scope import Scope, judged_by, scope_of_change

__all__ = ["Evidence", "Scope", "Validation", "docs_judged_by", "judged_by", "scope_of_change", "validate_facts"]

"""With what a `county` command ends: the exit codes, and which error means which."""

from expectations.catalogue import CatalogueError
from expectations.rules import RuleError
from tasks.domain.errors import BackfillRefused, ConfigurationError, DecisionRefused, IdentityUnclear

__all__ = ["FAILED", "INTERRUPTED", "NEEDS_OPERATOR", "WRONG_USAGE", "exit_code"]

NEEDS_OPERATOR = 1
WRONG_USAGE = 2
FAILED = 3
INTERRUPTED = 130
# What was asked for, or the settings, cannot be followed: nothing was begun.
_ASKED_WRONGLY = (
    BackfillRefused, CatalogueError, ConfigurationError, DecisionRefused, IdentityUnclear, RuleError,
)  # fmt: skip


def exit_code(error: Exception) -> int:
    """Return the code of a command that ended with `error`: never 1, which says that the work was done."""
    return WRONG_USAGE if isinstance(error, _ASKED_WRONGLY) else FAILED

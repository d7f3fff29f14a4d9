"""Errors as an operator reads them: one plain message in both languages, never a traceback."""

from rich.console import Console
from rich.markup import escape

from tasks.domain.errors import XianbaoError

__all__ = ["print_error"]


def print_error(console: Console, error: XianbaoError) -> None:
    """Print what went wrong, where, and what to do next."""
    console.print(
        f"[red]✗[/] {escape(error.message('zh'))}\n  {escape(error.message('en'))}", highlight=False, soft_wrap=True
    )

"""The loops over characters and rules: compiled, or in Python where they are not (tasks/native.py)."""

try:
    from tasks.parse.line_loops import (
        edges_of_widths,
        extent,
        level_lines,
        merged_rules,
        runs_within,
        whole_lines,
        wide_blanks,
    )
except ImportError:
    from tasks.parse.python_line_loops import (
        edges_of_widths,
        extent,
        level_lines,
        merged_rules,
        runs_within,
        whole_lines,
        wide_blanks,
    )

__all__ = ["edges_of_widths", "extent", "level_lines", "merged_rules", "runs_within", "whole_lines", "wide_blanks"]

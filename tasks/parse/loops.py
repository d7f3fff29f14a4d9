"""The loops over letters, lines, rules and cells: compiled, or in Python where they are not (tasks/native.py)."""

try:
    from tasks.parse.cell_loops import boxes_between, boxes_of, quads_of, record, runs_in_cells
    from tasks.parse.line_loops import (
        edges_of_widths,
        extent,
        from_left_to_right,
        level_lines,
        whole_lines,
        wide_blanks,
    )  # fmt: skip
    from tasks.parse.rule_loops import crossings, merged_rules, rules_of_points
    from tasks.parse.text_loops import count_among, count_in, lines_of, masked, translated, without_gaps
except ImportError:
    from tasks.parse.python_cell_loops import boxes_between, boxes_of, quads_of, record, runs_in_cells
    from tasks.parse.python_line_loops import (
        edges_of_widths,
        extent,
        from_left_to_right,
        level_lines,
        whole_lines,
        wide_blanks,
    )  # fmt: skip
    from tasks.parse.python_rule_loops import crossings, merged_rules, rules_of_points
    from tasks.parse.python_text_loops import count_among, count_in, lines_of, masked, translated, without_gaps

__all__ = [
    "boxes_between", "boxes_of", "count_among", "count_in", "crossings", "edges_of_widths", "extent",
    "from_left_to_right", "level_lines", "lines_of", "masked", "merged_rules", "quads_of", "record", "rules_of_points",
    "runs_in_cells", "translated", "whole_lines", "wide_blanks", "without_gaps",
]  # fmt: skip

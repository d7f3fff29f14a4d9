"""Whose report for which period a file is: unit and period against the gazetteer and the calendar."""

"""Judge facts with Great Expectations; results become finding rows and Data Docs."""

"""What people take away: exports, the run summary, the quarantine notes."""

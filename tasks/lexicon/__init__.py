"""What words mean, as data: aliases, verbs, hedges, units; a bad row is reported as file:line."""

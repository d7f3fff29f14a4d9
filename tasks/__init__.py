"""How each stage works: one folder per stage, siblings that never import each other."""

"""Given, when, then; examples; shared servers."""

"""The dated national rules every profile inherits."""

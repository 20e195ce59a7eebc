"""What the regulations say, as dated data."""

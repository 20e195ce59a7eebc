"""The ways in and out for others."""

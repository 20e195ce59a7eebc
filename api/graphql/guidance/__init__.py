"""Guidance at the GraphQL edge, and who confirmed it."""

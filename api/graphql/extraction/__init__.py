"""Extractions of footage at the GraphQL edge."""

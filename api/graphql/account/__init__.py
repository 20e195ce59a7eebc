"""Accounts at the GraphQL edge: the way to one, its rights, what opens it, and its reviews."""

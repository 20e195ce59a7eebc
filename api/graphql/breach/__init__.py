"""Breaches of the regulation at the GraphQL edge, and the report of them."""

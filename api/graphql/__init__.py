"""The GraphQL edge: one module per noun."""

"""Time limits and obligations at the GraphQL edge."""

"""The HTTP application around the GraphQL edge."""

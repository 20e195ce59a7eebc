"""The register of clients at the GraphQL edge."""

"""Reports and statistics at the GraphQL edge."""

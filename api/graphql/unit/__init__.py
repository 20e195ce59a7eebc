"""Units and areas at the GraphQL edge."""

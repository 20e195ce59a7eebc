"""Looking at the GraphQL edge: on record, with a purpose; who looked, who may, and who could."""

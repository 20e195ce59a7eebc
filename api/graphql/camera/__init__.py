"""Cameras at the GraphQL edge: their register and papers, who watches one and who holds its controls."""

"""Cases at the GraphQL edge: the file, the queue, and the acts in the order of the procedure."""

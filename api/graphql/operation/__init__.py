"""The running of the system at the GraphQL edge: incidents, obstacles, advice, rosters, shifts, work orders."""

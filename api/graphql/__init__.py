"""The GraphQL edge: a folder for each noun, and beside them what all of them go by."""

"""The command line and every composition root: one module per subcommand."""

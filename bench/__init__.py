"""One module per benchmark: its `run` yields one line of JSON values each, its baseline stands beside it."""

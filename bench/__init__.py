"""One module per benchmark, each printing one JSON object a line, its baseline beside it."""

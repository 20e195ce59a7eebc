"""What is shown: one follower, and one module per read model."""

READ_MODELS = (
    "case_queue",
    "case_detail",
    "camera_registry",
    "directory",
    "recordings",
    "extraction_log",
    "access_log",
    "obligations",
)
"""The names of the read models, which are also their modules, tables and rows in `positions`."""
FOLLOWERS = (*READ_MODELS, "outbox", "scheduler")
"""The names of all that follow the log; the last two fill no table, and nothing that is shown depends on them."""

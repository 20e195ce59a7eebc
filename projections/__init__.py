"""What is shown: one follower, and one module per read model."""

READ_MODELS = (
    "case_queue",
    "case_detail",
    "camera_registry",
    "directory",
    "recordings",
    "extraction_log",
    "access_log",
)
"""The names of the read models, which are also their modules, tables and rows in `positions`."""

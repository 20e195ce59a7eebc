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
    "case_facts",
    "report_log",
    "recommendation_log",
    "obstacle_log",
    "areas",
    "account_log",
    "account_review_log",
    "camera_uses",
    "incident_log",
    "work_order_log",
    "shift_log",
    "duty_roster",
    "outages",
    "device_diary",
    "breach_log",
    "guidance_log",
    "acknowledgement_log",
    "client_register",
)
"""The names of the read models, which are also their modules, tables and rows in `positions`."""
FOLLOWERS = (*READ_MODELS, "outbox", "scheduler", "links")
"""The names of all that follow the log; the last three fill no table, and nothing that is shown depends on them."""

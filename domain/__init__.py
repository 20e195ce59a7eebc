"""What may happen: aggregates, their guards, and the commands every way in calls."""

"""What every way in calls: load, check, decide, save. One module per noun."""

"""Plain SQL, applied in order; the event store's tables included."""

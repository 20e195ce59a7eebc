"""From pixels to proposals. It ships alone: it imports nothing of ours."""

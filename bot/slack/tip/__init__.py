"""A tip wherever it is shown, and what its member can say about it."""

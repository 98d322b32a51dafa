"""The verbs: what anybody or the clock can have done; plain functions of (tx, …, now), each one transaction."""

"""Run a process: its settings, its services, and what it tells an operator."""

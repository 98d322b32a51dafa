"""A PostgreSQL database of a million members, and what the bot's work costs on it."""

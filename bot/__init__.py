"""The bot: its rules, use cases, database and Slack side."""

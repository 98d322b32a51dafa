"""Try each part that the bot needs, for the operator: `python -m bot check`. Nothing is changed."""

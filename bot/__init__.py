"""What the bot knows, does, remembers and says."""

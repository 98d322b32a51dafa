"""Content as files: `content/` and the team's own packs. Nothing else in the bot knows that there are files."""

"""A local stand-in for Slack, so that anyone can try the bot in a browser and tests can hold it to Slack's rules."""

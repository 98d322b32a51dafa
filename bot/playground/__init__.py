"""A local emulator of Slack: people can try the bot in a browser, and tests can check it against Slack's rules."""

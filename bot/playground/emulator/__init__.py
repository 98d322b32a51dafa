"""An emulator of Slack for one app: Web API, Socket Mode, signed HTTP, and Slack's rules. It runs any Slack app."""

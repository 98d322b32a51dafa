"""Talks: the only place that knows Slack."""

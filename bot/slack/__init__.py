"""The Slack side: the only place that knows Slack."""

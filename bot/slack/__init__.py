"""The Slack side: the only place that calls Slack, hears from it and draws its screens."""

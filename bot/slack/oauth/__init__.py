"""Many workspaces install the app through OAuth: the two pages, Slack's grants, and the stored tokens."""

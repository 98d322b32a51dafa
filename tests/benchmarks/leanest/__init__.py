"""The leanest programs that keep the same promises as the bot: what the promises themselves cost."""

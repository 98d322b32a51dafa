"""What is true: pure rules about roles, skills and time; no I/O, no clock, no Slack, no SQL."""

"""Pure rules about roles, skills, messages and time: no I/O, no clock, no Slack, no SQL."""

"""The use cases of members, admins and jobs: functions of (tx, …, now), each in a transaction."""

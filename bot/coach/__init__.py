"""The use cases (verbs) of members, admins and jobs: functions of (tx, …, now), each in a transaction."""

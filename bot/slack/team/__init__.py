"""What admins see and do: the desk, who the admins are, the audit, the introduction and the settings."""

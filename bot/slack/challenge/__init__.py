"""The screens of team challenges."""

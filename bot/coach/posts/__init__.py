"""What each kind of message means."""

"""What can be clicked or submitted, and is not yet answered by its screen."""

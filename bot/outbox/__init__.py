"""The outbox: a job queue that sends each direct message exactly once. Its README tells the life of a delivery."""

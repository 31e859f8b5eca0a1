"""What the service keeps: tickets with their assessments, corrections, idempotency keys and access keys.

On SQLite or PostgreSQL, the same code for both. It takes plain values and the time as arguments, and never puts ticket
text into an error or a log.
"""

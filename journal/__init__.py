"""What happened: events as rows, who still has to act on them, leases, and the wake-ups that hurry.

Knows nothing of users, objects or workflows: it keeps plain ids and names.
"""

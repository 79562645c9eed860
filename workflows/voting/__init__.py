"""Deciding by vote: who is entitled, who voted, what is still needed.

Knows neither objects nor workflows; what is voted on is a model with this base.
"""

"""Transitions, and the only functions that move an object."""

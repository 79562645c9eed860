"""Workflows that people write: drafts, versions, publishing, and the kinds they are made of."""

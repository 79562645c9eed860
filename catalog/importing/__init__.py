"""Bulk import: objects from files, in batches, with a report of every bad line."""

"""The pages of docs/reference that say what the code says, written from the code itself."""

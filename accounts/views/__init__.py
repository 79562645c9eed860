"""The pages of accounts: the door, one's own profile, and who is there."""

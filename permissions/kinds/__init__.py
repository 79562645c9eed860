"""The rules, a module a kind."""

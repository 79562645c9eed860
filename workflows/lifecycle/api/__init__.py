"""The API's addresses of lifecycles, moves and votes."""

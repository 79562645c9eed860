"""The API's addresses of accounts."""

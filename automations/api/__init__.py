"""The API's addresses of executions."""

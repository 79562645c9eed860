"""The API's addresses of workflows."""

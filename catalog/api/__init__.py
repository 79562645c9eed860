"""The API's addresses of the catalog."""

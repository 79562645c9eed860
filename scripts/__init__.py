"""What the Makefile and developers run; no part of the product."""

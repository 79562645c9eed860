"""Admin pages of assets: forms made from the fields of their kinds, saved as packages save them."""

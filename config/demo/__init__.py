"""The demo account: users, teams, workspaces, a package of recipes and three dozen of them."""

"""Who is there: users, teams, workspaces, tokens, account settings; the actor and the gate's forms."""

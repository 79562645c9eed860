"""Who is there: users, teams, workspaces, tokens, settings; the actor and the gate's forms."""

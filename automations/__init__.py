"""What happens next: deployments, dispatch of events, and the engine that runs steps."""

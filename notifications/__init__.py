"""Who hears: templates, recipients, the inbox, and deliveries to other channels."""

"""How objects may move (`lifecycle`), and which workflow is live (`authoring`)."""

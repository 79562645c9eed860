"""What exists: object types, lifecycles, boards, governed objects, relations, people."""

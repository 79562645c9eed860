"""What exists: object types, attributes, lifecycles, boards, governed objects, relations, people."""

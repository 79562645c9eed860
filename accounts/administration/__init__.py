"""What the admin pages of every app stand on: rows read by the gate, written by services."""

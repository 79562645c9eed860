"""Ways in which a notification reaches somebody; a module each, registered in `registry`."""

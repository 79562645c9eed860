"""Why a start is refused. Each message is a sentence for whoever typed the command."""


class ServeRefused(Exception):
    """The start can't work or would not be safe; nothing was started."""

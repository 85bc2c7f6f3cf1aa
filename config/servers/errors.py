class ServerError(Exception):
    """What the user has to know and can act on, in French: shown without a traceback."""

"""What goes wrong, as the few kinds that a caller can act on."""


class TriageError(Exception):
    """Something the user can mend; its text says what is wrong, where, and what to do."""


class DataFileError(TriageError):
    """A hand-written file (rule, pack, settings) is wrong; the text begins with ``path:line:``."""


class InputError(TriageError):
    """A ticket or a file of tickets cannot be read."""


class SettingsError(TriageError):
    """A setting names something that does not exist or has a value that is not allowed."""

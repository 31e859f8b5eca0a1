"""The REST service: the same assessment behind HTTP, for helpdesks and forms (floor 8; needs the extra ``serve``)."""

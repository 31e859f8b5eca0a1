"""Evidence: the stretches of a ticket that state a fact, found once and handed on."""

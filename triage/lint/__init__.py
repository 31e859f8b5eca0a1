"""Rules that judge a ticket's evidence, and the few questions worth asking."""

"""Text as the workers see it: normalised one to one, its language named, cut into words, and the packs of patterns."""

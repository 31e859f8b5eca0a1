"""Speed and memory, each a ratio against a named peer measured in the same run; ``python -m bench`` runs all."""

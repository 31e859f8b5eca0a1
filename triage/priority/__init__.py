"""How fast somebody must start: features, scorer, decision. Plain values in, plain values out."""

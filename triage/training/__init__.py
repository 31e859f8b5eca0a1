"""What learns from ``data/`` and measures what was learned; needs the ``train`` extra."""

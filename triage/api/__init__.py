"""The REST service: the same assessment behind HTTP, for helpdesks and forms (floor 8; needs the extra ``serve``)."""

# Where several workers write their counts, as prometheus_client calls it, so that each can tell the sum; set by
# ``triage serve`` before they start. Here, where reading it imports nothing.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

"""Triage of support tickets for instant-messaging and real-time audio/video products."""

__version__ = "0.1.0"

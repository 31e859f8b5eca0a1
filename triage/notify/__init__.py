"""Notices to chat tools, pagers, mailboxes and other programs: one file a channel. Knows no settings and no store."""

"""Team email: forwarding addresses, IMAP and SMTP, Gmail and Microsoft 365. Read `mail.py` first, then `mime.py`."""

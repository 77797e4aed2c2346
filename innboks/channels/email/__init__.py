"""Team email: forwarding addresses, IMAP and SMTP, Gmail and Microsoft 365. Read `channel.py` for the whole, `mail.py` for the reading."""

from innboks.channels.email.channel import Email

channels = (Email(),)

"""What the mail says that tests a connection, in the language of whoever started the test. Read next: `try_out.py`."""

TEST_MAIL = {
    "en": "This is a test of the connection to Innboks. It goes out and has to come back; nobody needs to answer it.",
    "nb": "Dette er en test av tilkoblingen til Innboks. Den går ut og skal komme tilbake; ingen trenger å svare på den.",
}

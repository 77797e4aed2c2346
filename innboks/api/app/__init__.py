"""The agent app's JSON API, one file a noun. Each route says who is asking, calls one function of the core, and shapes the answer."""

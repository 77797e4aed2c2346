"""What the page says on which a sign-in at a provider ends, in the language of the browser. All other words of people stand in the app's catalogues."""

from typing import Literal

PageWord = Literal["connected", "not_connected", "go_on", "signed_out", "refused", "back"]
PAGE: dict[str, dict[PageWord, str]] = {
    "en": {
        "connected": "Connected",
        "not_connected": "Not connected",
        "go_on": "You can close this window and go on where you were.",
        "signed_out": "You are not signed in to Innboks in this browser. Sign in, then start again in the settings.",
        "refused": "What went wrong stands in the window from which you came. Start again there.",
        "back": "Go to Innboks",
    },
    "nb": {
        "connected": "Tilkoblet",
        "not_connected": "Ikke tilkoblet",
        "go_on": "Du kan lukke dette vinduet og fortsette der du var.",
        "signed_out": "Du er ikke logget inn i Innboks i denne nettleseren. Logg inn, og start på nytt i innstillingene.",
        "refused": "Hva som gikk galt, står i vinduet du kom fra. Start på nytt der.",
        "back": "Gå til Innboks",
    },
}

"""What the demo's people write, in English and Norwegian: pieces that `stories.py` puts together. `{…}` are filled with a name, a product, an order.

A script is one exchange: the customer's first mail, the answer, what the customer writes then, how the shop ends it ("" for nothing more). `address`
is the local part that the customer writes to; `paper` is what they add now and then; `from_shop` is a paper that goes with the answer.
"""

from typing import Literal

import msgspec

from innboks.sandbox.email.letters import Language

Paper = Literal["", "photo", "receipt"]


class Script(msgspec.Struct, frozen=True):
    opening: str
    answer: str
    then: str = ""
    ending: str = ""
    subjects: tuple[str, ...] = ()
    """Where the topic's own do not fit."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    language: Language
    address: Literal["support", "returns", "butikk"]
    weight: int
    subjects: tuple[str, ...]
    scripts: tuple[Script, ...]
    comments: tuple[str, ...] = ()
    paper: Paper = ""
    from_shop: Paper = ""


PRODUCTS = (
    "Varde 2 tent", "Varde 3 tent", "Skare jacket", "Hav rain trousers", "Glo 2 stove", "Tinde rucksack", "Vidde sleeping bag", "Bre boots",
    "Dugg sleeping mat", "Lyng wool sweater", "Kvist trekking poles", "Sno gaiters",
)  # fmt: skip
PRODUCTS_NO = (
    "Varde 2-teltet", "Varde 3-teltet", "Skare-jakken", "Hav-regnbuksen", "Glo 2-brenneren", "Tinde-sekken", "Vidde-soveposen", "Bre-støvlene",
    "Dugg-liggeunderlaget", "Lyng-genseren", "Kvist-stavene", "Sno-gamasjene",
)  # fmt: skip
COLOURS = ("black", "dark green", "ochre", "blue")
SIZES = ("S", "M", "L", "XL", "42", "44")
CITIES = ("Bergen", "Tromsø", "Gothenburg", "Leeds", "Porto", "Oslo", "Aarhus", "Bristol")
CITIES_NO = ("Bergen", "Tromsø", "Oslo", "Trondheim", "Stavanger", "Bodø", "Ålesund")
DAYS = ("Monday", "Tuesday", "Thursday", "Friday")
DAYS_NO = ("mandag", "tirsdag", "torsdag", "fredag")
GREETINGS = {"en": ("Hi,", "Hello,", "Hi there,", "Hello Tindra,", "Good morning,"), "no": ("Hei,", "Hei!", "Hei Tindra,", "God dag,")}
FAREWELLS = {
    "en": ("Thanks,\n{first}", "Best regards,\n{name}", "Kind regards\n{name}", "Cheers,\n{first}", "{first}"),
    "no": ("Mvh {first}", "Vennlig hilsen\n{name}", "Hilsen {first}", "Takk!\n{first}"),
}
SHOP_GREETINGS = {"en": ("Hi {first},", "Hello {first},"), "no": ("Hei {first},", "Hei, {first}!")}
AWAY = {
    "en": "I am out of the office until {day} with little access to mail.\n\n{name}",
    "no": "Jeg er på ferie og tilbake {day}. E-post blir ikke lest i mellomtiden.\n\n{name}",
}

TOPICS = (
    Topic(
        language="en", address="support", weight=10,
        subjects=("Where is order {order}?", "Order {order} not here yet", "Delivery of order {order}", "Tracking for the {product}"),
        scripts=(
            Script(
                "I ordered the {product} last week (order {order}) and the tracking has not moved for four days. We leave for {city} on {day} and I would like to have it by then. Can you find out where it is?",
                "I have asked the courier: your parcel was held in {city} and is moving again. It should be with you on {day}. If it is not, I send a new one the same day.",
                "That is quick, thank you. I will keep an eye out on {day}.",
                "Do that, and write to me if it does not show up. Have a good trip!",
            ),
            Script(
                "The courier says that order {order} was delivered yesterday, but there is nothing at my door and my neighbours have not seen it either. It is the {product}.",
                "Thank you for telling us. I have opened a search with the courier. If it is not found by {day}, we send a new {product}.",
                "Still nothing here, I am afraid. What now?",
                "Then I wait no longer: a new one left us today, by express. You do not have to do anything about the first one.",
            ),
            Script(
                "could you please tell me when order {order} will be sent? The page still says “being packed”.",
                "Sorry about the wait. The {product} came back into stock this morning and your order is on its way now. You get the tracking number in a separate mail.",
                "It has just arrived. Thank you for your help!",
            ),
            Script(
                "is it still possible to change the address of order {order}? I am in {city} until the end of the month.",
                "It is: the parcel now goes to {city}. It takes a day longer, so expect it on {day}.",
                subjects=("New address for order {order}", "Change of address, order {order}"),
            ),
        ),
        comments=("@{mate} the courier's depot in {city} has it on a shelf. Calling them again at 14:00.", "Third lost parcel from this depot this month. @{mate}, shall we tell the courier?"),
    ),
    Topic(
        language="en", address="returns", weight=9, paper="receipt", from_shop="receipt",
        subjects=("Return of the {product}, order {order}", "Exchange for another size", "Sending back the {product}", "Wrong size sent, order {order}"),
        scripts=(
            Script(
                "the {product} from order {order} is too small. Can I exchange it for size {size}? It has only been tried on indoors.",
                "Of course. The label is attached: put it over the old one and hand the parcel in at any post office. Size {size} is set aside for you and leaves as soon as yours is scanned.",
                "Does the label work from {city} too?",
                "It does, from every post office in the country.",
                subjects=("Exchange for another size", "{product}: another size, please", "Exchange, order {order}"),
            ),
            Script(
                "I would like to return the {product} (order {order}). It is lovely, but not what I need after all. How do I get a return label?",
                "No problem at all. You will find the return label attached. The money is back on your card three to five days after the parcel has reached us.",
                "Thanks, posted it today.",
                "It has arrived here and your money is on its way back. Thank you, {first}.",
                subjects=("Return of the {product}, order {order}", "Sending back the {product}"),
            ),
            Script(
                "I have now received a medium again, although I asked for {size} in my last mail. Order {order}. Could you please send the right one?",
                "I am sorry about that, {first}; that was our mistake. The {product} in {size} leaves today and the courier takes the wrong one back, no label needed.",
                "Great service, thank you!",
                subjects=("Wrong size sent, order {order}", "Wrong size sent twice, order {order}"),
            ),
        ),
        comments=("Size {size} is down to two in the shop. One is put aside with this name on it.", "@{mate} we have now sent the wrong size twice. Can you look at the shelf labels?"),
    ),
    Topic(
        language="en", address="returns", weight=7, paper="photo",
        subjects=("{product}: seam leaks, need it by {day}", "Broken zip on the {product}", "Warranty for my {product}", "Claim: {product}"),
        scripts=(
            Script(
                "the floor seam of our Varde 3 tent let water in last weekend. It is three weeks old and we leave again on {day}. I have attached a photo. Can I get a new one?",
                "Sorry to hear that. It should not happen, and it is covered. Two questions so that I can fix it today: is the seam tape loose, or is it the fabric itself? And where are you until {day}?",
                "It is the tape, about ten centimetres of it. I am home until {day}.",
                "Then a new one it is: it leaves for you today. Leave the old one in its bag by the door and the courier takes it back.",
                subjects=("Varde 3: seam leaks, need it by {day}", "Water in our Varde 3", "Claim: Varde 3 tent"),
            ),
            Script(
                "The zip of my {product} came apart on its third day out, see the picture. I bought it in the spring (order {order}).",
                "Thank you for the photo, that is clear. We repair this free of charge, and it takes about ten days. Would you like to borrow one meanwhile?",
                "Perfect, thank you. No need to lend me one.",
                "It is repaired and on its way to you. Have a look at the zip when it comes, please.",
                subjects=("Broken zip on the {product}", "Zip gone after three days"),
            ),
            Script(
                "One of the buckles of the {product} snapped in the cold. Is this covered, or can I buy the part?",
                "That is a fault of ours. A new buckle left our workshop today, with a page that shows how to fit it.",
                "Thank you so much, that is more than I hoped for.",
                subjects=("Buckle of the {product} snapped", "Warranty for my {product}", "Spare buckle, order {order}"),
            ),
        ),
        comments=("@{mate} {city} has two of these. One is on hold for them until 14:00.", "The same batch as last month. @{mate}, please add it to the list for the workshop."),
    ),
    Topic(
        language="en", address="support", weight=8,
        subjects=("Does the {product} suit winter use?", "Question about the {product}", "Which size for the {product}?", "The {product} in {colour}?"),
        scripts=(
            Script(
                "I am thinking of the {product} for a week in the mountains near {city} in late autumn. Is it warm and dry enough, or should I look at something else?",
                "Good choice, and yes: down to about minus five it is all you need. For colder nights take the Dugg mat with it, which makes the larger difference.",
                "That helps a lot, thank you. Ordered!",
                subjects=("Does the {product} suit late autumn?", "Question about the {product}", "{product} for {city} in November?"),
            ),
            Script(
                "is the {product} coming back in {colour}? I can wait some weeks if need be.",
                "It is: the {product} in {colour} comes back in about three weeks. Shall I put one aside for you in {size}?",
                "Yes please, in {size}.",
                "It is set aside with your name on it. We write as soon as it is here.",
                subjects=("The {product} in {colour}?", "Is the {product} coming back?"),
            ),
            Script(
                "I am 178 cm and between two sizes. Which {product} would you take, {size} or the next one up? I wear wool below.",
                "With wool below I would take the larger one; the cut is narrow. If it does not fit, sending it back costs nothing.",
                "And does that hold for the women's cut as well?",
                "It does, the cut is the same from the shoulders down.",
                subjects=("Which size for the {product}?", "Between two sizes"),
            ),
            Script(
                "do you still sell spare parts for the Varde 2 tent from two years ago? One of the poles went missing on the way home from {city}.",
                "We keep parts for ten years, so yes. It is in the shop under “Spare parts”; I have put the right one into your basket.",
                subjects=("Spare poles for the Varde 2", "Missing pole, Varde 2"),
            ),
        ),
        comments=("@{mate} is the larger one really narrow this year? The supplier changed the cut.",),
    ),
    Topic(
        language="en", address="support", weight=4, from_shop="receipt",
        subjects=("Invoice for order {order}", "Invoice with our company's name", "Customs invoice for {city}"),
        scripts=(
            Script(
                "could I please have an invoice with our company's address for order {order}? Our accounts department does not take the receipt.",
                "Here is the invoice, attached. Do write if the address should be another one.",
                "Could you add our reference, PO-{order}?",
                "Of course. It is in the order now, and on every invoice from here on.",
                subjects=("Invoice for order {order}", "Invoice with our company name"),
            ),
            Script(
                "customs in {city} want an invoice for the {product}, order {order}. The one in the parcel has no values on it.",
                "I am sorry about that. The customs invoice is attached, with all values; I have sent it to the courier as well.",
                "It went through today. Thank you!",
                subjects=("Customs invoice for {city}", "Customs need an invoice, order {order}"),
            ),
        ),
        comments=("Finance has the new address in the system now.",),
    ),
    Topic(
        language="en", address="support", weight=3,
        subjects=("Refund not received, order {order}", "Charged twice for order {order}", "Gift card not accepted"),
        scripts=(
            Script(
                "I sent back the {product} two weeks ago, but the money has not come yet. Order {order}.",
                "I have just looked: the refund left us on {day} and banks take up to five days. If it is not there by next week, write to me and I call them.",
                "It is there now. Thanks!",
                subjects=("Refund not received, order {order}", "Where is my refund?"),
            ),
            Script(
                "My card was charged twice for order {order}. Could you have a look, please?",
                "The second charge was only reserved and falls away by itself within two days. Sorry for the scare!",
                subjects=("Charged twice for order {order}", "Two charges for one order"),
            ),
        ),
        comments=("Finance confirms it: one charge, one reservation.",),
    ),
    Topic(
        language="en", address="support", weight=2, from_shop="receipt",
        subjects=("Group order: {number} tents for August", "Discount for our scout group", "{number} sleeping bags for a club"),
        scripts=(
            Script(
                "we are a hiking club with {number} members and would like to order Varde 2 tents for our summer camp. Do you have prices for groups, and could they be here by {day}?",
                "What a lovely plan. For {number} pieces we give 15 %, and delivery is free. I have attached an offer; it holds for two weeks.",
                "The board says yes! Please send the order confirmation to me.",
                "Wonderful. The confirmation is on its way to you; everything leaves us in one delivery.",
                subjects=("Group order: {number} tents for August", "{number} tents for our summer camp"),
            ),
            Script(
                "Our scout group needs {number} sleeping bags for children. What would you recommend, and is there a discount for clubs?",
                "There is: 10 % from ten pieces, 15 % from twenty. For children I would take the Vidde in 150 cm; the offer is attached.",
                "Thank you, we meet on {day} and I will let you know.",
                subjects=("Discount for our scout group", "{number} sleeping bags for children"),
            ),
        ),
        comments=("@{mate} can we do {number} by then? Stock says 11 today.", "Yes: 11 here and the rest from {city}. Go ahead, @{mate}."),
    ),
    Topic(
        language="no", address="butikk", weight=8,
        subjects=("Hvor er ordre {order}?", "Ordre {order} er ikke kommet", "Levering av ordre {order}"),
        scripts=(
            Script(
                "Jeg bestilte {product} for over en uke siden (ordre {order}), og sporingen har stått stille siden {day}. Vi skal på tur til helgen. Kan dere sjekke hvor pakken er?",
                "Beklager ventetiden. Pakken lå igjen på terminalen i {city}, men er på vei nå. Den skal være hos deg på {day}. Kommer den ikke, sender vi en ny samme dag.",
                "Supert, tusen takk for rask hjelp!",
                "Bare hyggelig. God tur!",
            ),
            Script(
                "Posten sier at ordre {order} er levert, men det ligger ingenting i postkassen. Kan dere hjelpe meg?",
                "Takk for at du sier fra. Jeg har bedt Posten om å lete etter den. Er den ikke funnet innen {day}, sender vi en ny.",
                "Den er fortsatt ikke her. Hva gjør vi nå?",
                "Da sender vi en ny i dag, med ekspress. Du trenger ikke gjøre noe med den første.",
            ),
        ),
        comments=("@{mate} terminalen i {city} har funnet den. Ringer kunden etter lunsj.",),
    ),
    Topic(
        language="no", address="returns", weight=6, paper="receipt", from_shop="receipt",
        subjects=("Bytte av {product}", "Retur, ordre {order}", "Feil størrelse"),
        scripts=(
            Script(
                "{product} jeg fikk er for liten. Kan jeg bytte til {size}? Ordre {order}. Den er bare prøvd inne.",
                "Det går helt fint. Returlappen ligger ved. Størrelse {size} er lagt av til deg og sendes så snart din er skannet på posten.",
                "Kan jeg levere den i butikken i {city} i stedet?",
                "Ja, det kan du gjerne gjøre. Ta med ordrenummeret.",
                subjects=("Bytte av {product}", "Feil størrelse, ordre {order}"),
            ),
            Script(
                "Jeg vil gjerne returnere {product} fra ordre {order}. Hvordan får jeg en returlapp?",
                "Du finner returlappen vedlagt, og pengene er tilbake på kortet tre til fem dager etter at pakken er hos oss.",
                "Takk, sendte den i dag.",
                "Pakken er kommet, og pengene er på vei. Takk, {first}!",
                subjects=("Retur, ordre {order}", "Retur av {product}"),
            ),
        ),
    ),
    Topic(
        language="no", address="returns", weight=5, paper="photo",
        subjects=("Reklamasjon: {product}", "Glidelåsen på {product} er ødelagt", "{product} lekker"),
        scripts=(
            Script(
                "sømmen på Varde 2-teltet slapp inn vann sist helg. Den er tre uker gammel. Jeg legger ved et bilde. Kan jeg få en ny?",
                "Så kjedelig! Det skal ikke skje, og det dekkes. Er det tapen som har løsnet, eller er det selve stoffet?",
                "Det er tapen, omtrent ti centimeter.",
                "Da sender vi en ny i dag. Budet tar med den gamle.",
                subjects=("Reklamasjon: Varde 2-teltet", "Varde 2-teltet lekker"),
            ),
            Script(
                "Glidelåsen på {product} gikk i stykker på tredje tur. Kjøpt i vår, ordre {order}. Dekkes dette av garantien?",
                "Takk for bildet. Vi reparerer dette gratis, det tar omtrent ti dager. Vil du låne en i mellomtiden?",
                "Perfekt, takk. Jeg trenger ikke låne.",
                "Den er reparert og på vei til deg.",
                subjects=("Glidelåsen på {product} er ødelagt", "Reklamasjon, ordre {order}"),
            ),
        ),
        comments=("Samme parti som i forrige måned. @{mate}, kan du føre det opp på listen?",),
    ),
    Topic(
        language="no", address="butikk", weight=5,
        subjects=("Spørsmål om {product}", "Hvilken størrelse?", "Kommer {product} tilbake på lager?"),
        scripts=(
            Script(
                "Jeg vurderer {product} til en uke i fjellet i høst. Er den varm nok, eller bør jeg se på noe annet?",
                "Godt valg! Ned til omtrent fem minusgrader holder det fint. Til kaldere netter anbefaler jeg Dugg-underlaget i tillegg.",
                "Takk for godt råd. Da bestiller jeg!",
                subjects=("Spørsmål om {product}", "Råd om {product}"),
            ),
            Script(
                "kommer {product} tilbake i {size}? Jeg kan vente noen uker om det trengs.",
                "Ja, den kommer om omtrent tre uker. Skal jeg legge av en til deg i {size}?",
                "Ja takk, gjerne.",
                "Den er lagt av i ditt navn. Velkommen innom!",
                subjects=("Kommer {product} tilbake på lager?", "{product} i {size}?"),
            ),
            Script(
                "Når åpner butikken i {city} på lørdag, og har dere {product} på lager der?",
                "Vi åpner klokken ti på lørdag, og har to på lager. Skal jeg legge av en?",
                subjects=("Åpningstider i {city}", "Har dere {product} i butikken i {city}?"),
            ),
        ),
    ),
)  # fmt: skip

SPAM = (
    (
        "Double your web traffic in 30 days",
        "Dear shop owner,\n\nwe looked at your site and found 17 errors. Reply YES and we send you the report for free.",
    ),
    (
        "RE: your invoice is overdue",
        "Dear customer,\n\nyour account will be closed today unless you confirm your data at the link in this mail.",
    ),
    (
        "Bulk carabiners, best price",
        "Hello friend,\n\nwe are a factory of carabiners and tent pegs with best price. Please tell your quantity.",
    ),
    ("SEO offer for tindra.example", "Hi,\n\nI can bring you to page one. Only 99 a month. When can we call?"),
)

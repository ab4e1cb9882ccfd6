"""What was said in German and in Swedish; the same form as in English."""

from __future__ import annotations

GERMAN_OPENINGS = (
    "Hallo {first}, hier ist {agent}. Deutsch ist kein Problem. Was möchten Sie wissen?",
    "Guten Tag {first}, {agent} von Murmel. Wie kann ich helfen?",
)
GERMAN = (
    """
< Liefern Sie auch nach {city}?
> Ja, fertig montiert für 89 Euro, an einem Werktag Ihrer Wahl.
< Und wie lange dauert das?
> Das {bike} steht hier: in etwa zehn Tagen.
< Wunderbar, danke
""",
    """
< Kann man das {bike} über Jobrad leasen?
> Ja. Ich schreibe Ihnen ein Angebot, das Sie dort hochladen.
< Bitte an {email}
> Ist unterwegs. Moosgrün oder Lehm?
< Grün
""",
    """
< Wie weit kommt man mit zwei Kindern?
> Rund 60 km, im Bergischen eher 50.
< Das reicht uns. Gibt es ein Regendach?
> Für 249 Euro, in einer Minute ab- und aufgebaut.
< Super
""",
    """
< Gibt es eine Probefahrt in unserer Nähe?
> Wir bringen es Ihnen für eine Woche vor die Tür. Ab {day}?
< Ab {day} passt gut!
> Dann trage ich Sie ein. Die Adresse frage ich per Mail.
""",
)
SWEDISH_OPENINGS = (
    "Hej {first}, det är {agent}. Vad kan jag hjälpa till med?",
    "Hej {first}! {agent} här, vi kan ta det på svenska.",
)
SWEDISH = (
    """
< Hej! Levererar ni till {city}?
> Ja, färdigmonterad för 89 euro, vilken vardag du vill.
< Toppen. Och service?
> Vi har en partner hos er, och den första servicen ingår.
< Då beställer vi i helgen
""",
    """
< Kan jag provcykla på {day}?
> Ja, klockan tio eller halv fyra.
< Halv fyra, tack
> Då skriver jag upp dig. Ta gärna med barnen.
""",
    """
< Finns {bike} i förmånscykel?
> Ja, hos de flesta. Jag skickar en offert till {email}.
< Tack, chefen väntar på den
> Den kommer inom en timme.
""",
    """
< Går den in i en hiss? 80 cm djup
> Nej, {bike} är för lång för det. Har ni cykelrum?
< Ja i källaren, ramp finns
> Då går det bra. Bredden är 62 cm.
""",
)
GERMAN_CLOSINGS = ("< Danke schön!\n> Sehr gern. Gute Fahrt!", "")
SWEDISH_CLOSINGS = ("< Tack för hjälpen!\n> Varsågod, ha det så fint!", "")

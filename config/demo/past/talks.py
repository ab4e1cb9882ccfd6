"""What visitors and agents of the example company said to each other, in English.

A line that begins with "<" is the visitor's, with ">" the agent's; any other goes on with the one before.
What is in braces is filled in for each chat.
"""

from __future__ import annotations

OPENINGS = (
    "Hi {first}, {agent} here. What can I do for you?",
    "Hello {first}! I'm {agent}, I ride one of these every day. How can I help?",
    "Good to have you here, {first}. This is {agent}.",
    "Hi {first}, thanks for waiting. What would you like to know?",
)

CLOSINGS = (
    "> Anything else I can do?\n< No, that was all. Thank you!\n> Enjoy the ride, {first}!",
    "< Great, thanks for the quick help.\n> Any time. Have a good {daytime}!",
    "< Perfect, thank you {agent_first}.\n> You're welcome. You find us here whenever something comes up.",
    "< I'll talk it over at home and come back.\n> Do that, and take the guide with you. Bye, {first}!",
    "",
)

SALES = (
    """
< I'm torn between the One and the Long. We have two kids and a narrow staircase
> How old are they, and where would the bike sleep?
< 3 and 5. In the bicycle cellar, ten steps down
> Then the Long: 62 cm wide, and the ramp we deliver with it takes ten steps. Two children sit behind
you until about ten.
< And the rain?
> There is a roof for 249 euros. It folds away in a minute.
< That was the missing piece
""",
    """
< Do you deliver to {city}?
> We do. Assembled, on a weekday you choose, for 89 euros.
< Can the driver take the packaging back?
> Always. There is only a blanket and two straps anyway.
""",
    """
< How far does the {bike} get with one charge?
> 70 km with children on board, about 55 in hilly country. It charges in four hours at any socket.
< We'd ride 12 a day
> Then you charge once a week. Most people do it on Sunday evening.
""",
    """
< Can I come for a test ride on {day}?
> {day} at 10 or at half past three. Which suits you?
< half past three please
> Written down: {day}, 15:30, the {bike}. Bring the children, and anything you'd like to carry.
< We will :)
""",
    """
< Is the price with the lock and lights?
> Yes: motor, lights, frame lock, and the first service. {price} euros for the {bike}, nothing comes on
top but delivery.
< and if I pay in instalments?
> {lease} euros a month over 48 months, service included. You can buy it out after two years.
""",
    """
< hi, does the dog ride legally? 34 kg
> It does, if it's strapped in. There is an anchor on the floor of the One, and 80 kg are allowed in front.
< what about the mat
> The rubber mat is 39 euros and washes off with a hose. I speak from experience.
< sold
""",
    """
< What happens when something breaks after two years?
> Parts are there for ten years, that's a promise in writing. A normal service is 95 euros.
< Is there a workshop near {city}?
> We have a partner there, and for bigger things we fetch the bike. Shall I send you the address?
< Yes please, to the address I gave
> On its way to {email}.
""",
    """
< My employer offers a bike scheme. Do you take part?
> In all of the big ones. Which one is it?
< they said any dealer with an offer on paper
> Then I write you an offer for the {bike} today. Which colour, moss or clay?
< Clay!
> It's in your mailbox within the hour.
""",
    """
< Still waiting for the bike I ordered on the 3rd
> Let me look. Order in the name of {first}?
< yes
> It left our hall this morning, so it is with you in two or three working days. The carrier rings an
hour before.
< ok good, nobody had told me
> Sorry for that. I've put your number on the driver's list.
""",
    """
< Can two adults ride on it?
> On the Long yes, up to 90 kg behind you. On the One the box is for children, dogs and everything else.
< And can my mother (70) ride it? she's never had a motor
> There is a walking mode and a very low first step. Best is a test ride together. We take an hour for it.
""",
    """
< Do you buy back old bikes?
> Ours after lease, yes. Other makes we take in payment if they're younger than five years.
< It's a 2022 one, 6000 km
> Send me two photos and I'll name a figure by tomorrow.
< Deal
""",
    """
< Whats the weight?
> The One is 34 kg, the Long 31, the Post 39 with the box.
< hm heavy
> In the hand, yes. With the motor you notice it only on stairs. Do you have some?
< three steps at the front door
> Then have a look at the ramp. It folds to the size of an umbrella.
""",
)

FLEET = (
    """
< We deliver bread in {city}, about 60 stops a day. Would two bikes do?
> 60 stops are one bike and a reserve, if nobody carries more than 80 kg at once. What do your vans
drive today?
< 40 km each
> Then two Post with a second battery. Fleet price begins at five, but the lease is the same: {lease}
euros a month with service.
< Can we try one for a week?
> We bring one to your door on {day}. No charge, we only want to hear what was bad.
< Excellent
""",
    """
< What's the fleet price for {n} bikes?
> For {n} of the {bike}: 12 percent off, and a loan bike within 24 hours when one is in the workshop.
< And branding?
> Box and frame in your colours, 180 euros a bike, from ten on for nothing.
< Please send that to {email}
> You have it today.
""",
    """
< who insures the bikes when employees ride them
> Theft and damage are in the lease, 100 euros deductible. Liability is your company's own.
< ok our insurer wanted that in writing
> I attach the sheet to the quote. Anything else they asked?
< no
""",
    """
< Is the Post allowed on the pavement in pedestrian zones?
> During delivery hours, like any bicycle. Three of our customers in {city} do it every morning.
< That's what the council said too, just wanted to hear it from you
> Shall we plan a visit? {day} would work for me.
< Let me ask my colleague. I write to you
""",
    """
< Looking at leasing {n} bikes for our couriers, 24 months
> Gladly. 24 months are {lease} plus 18 euros each, since we take them back sooner. 36 is usually the
better sum.
< Can we swap models in between?
> Once a year, without a fee.
< That decides it. 36 then
> I draw it up. You get the contract by {day}.
""",
    """
< Do you have cooling boxes? We carry flowers and cheese
> Passive ones, 8 degrees for five hours. Active cooling comes next spring.
< five hours is enough
> Then the Post with the insulated box. Want to see one loaded? I have a short film.
""",
    """
< We'd need an invoice without VAT, company in {country}
> No problem with your VAT number. Just send it with the order.
< And delivery time for {n}?
> Six weeks for all of them, the first two in ten days.
""",
)

SERVICE = (
    """
< The brake squeals since the rain
> Front or rear, and only when it's wet?
< Front, mostly in the morning
> That's dust on the disc. Brake hard ten times downhill; if it still squeals on {day}, we change the
pads. It's on us.
< I'll try that
""",
    """
< error 504 on the display, motor off
> That is the speed sensor: the magnet on the rear spoke has turned. Can you see it?
< it points outwards
> Turn it back to the frame, a finger's width away, then switch off and on.
< It's running!!
> Wonderful. Give the screw a quarter turn so that it stays there.
""",
    """
< When is the first service due and where do I book?
> After 500 km or three months. I can book you in now: {day} at 9?
< fine
> Booked, {first}. 40 minutes, coffee is there.
""",
    """
< battery shows 80% and then it dies
> How old is it, and has it been in the cold?
< 2 years, it stays in the shed
> Then it has lost its count. Charge it full indoors, ride it down to 10 percent once. If that doesn't
help we measure it; you have warranty till next month.
< before then for sure
""",
    """
< I lost a key of the frame lock
> Do you have the number on the plate? It begins with M.
< M48213
> Then a new one is 14 euros and with you in three days. To the address we have?
< Yes please
""",
)

# Lines that both may be followed by anything.
ASIDE = (
    "< one moment, phone\n> Take your time.\n< back",
    "> I'm looking that up, one moment.\n< sure",
    "< sorry for all the questions\n> That's what I'm here for.",
    "< is this a bot?\n> No, a person with a cup of tea. :)",
)

NOTES = {
    "sales": (
        "Wants an offer for the employer's scheme. I write it this afternoon.",
        "Has two children and stairs: Long with the ramp. Call after the test ride.",
        "Compared us with the dealer round the corner. Price isn't the question, delivery time is.",
        "Prefers to be rung in the evening.",
    ),
    "fleet": (
        "Decides by the end of the month together with the head of logistics.",
        "Budget is there for this year. Ask about the second depot.",
        "Test week agreed; Post number 7 is free.",
        "Needs VAT number on the quote.",
    ),
    "service": (
        "Pads may have to be changed under warranty. Photo is in the chat.",
        "Second time with this sensor. If it comes again we change the wheel.",
        "Was a bit upset at first, fine in the end.",
    ),
}

HANDOVER_NOTES = {
    "sales": (
        "I have to go to a test ride. Only the delivery is open still.",
        "It will be more than one bike, so yours rather than mine.",
    ),
    "fleet": (
        "Yours by region, I think. The quote is half written.",
        "Asks about insurance now, you know that better.",
    ),
    "service": (
        "Would like an offer for a new one instead. Over to you.",
        "Has a question about the battery.",
    ),
}

DECLINES = ("On the phone", "In a test ride", "Just leaving", "")

"""English articles that read like news, made from sentences written for the project: the same ones in each run.

Their lengths in tokens are those of news as the service sees it: 16 to 512 with a mean of about 350, because 36 of a
hundred are longer than the model's 512 positions and are cut there.
"""

import random

from tokenizers import Tokenizer

LEAST, MOST = 16, 512
CUT = 0.36

PLACES = """Nairobi|Lima|Manila|Warsaw|Tunis|Almaty|Jakarta|Bogotá|Lagos|Dhaka|Athens|Quito|Amman|Osaka|Porto|Tbilisi
Karachi|Leeds|Bishkek|Hanoi|Ankara|Santiago|Accra|Oslo|Chennai|Sarajevo""".replace("\n", "|").split("|")
COUNTRIES = """Kenya|Peru|the Philippines|Poland|Tunisia|Kazakhstan|Indonesia|Colombia|Nigeria|Bangladesh|Greece|Jordan
Japan|Georgia|Pakistan|Vietnam|Turkey|Chile|Ghana|Norway|India""".replace("\n", "|").split("|")
PEOPLE = """Amina Otieno|Jorge Salas|Maria Kowalska|Samir Haddad|Dana Bekova|Budi Hartono|Laura Gómez|Chidi Okafor
Farhana Rahman|Nikos Pappas|Keiko Tanaka|Giorgi Maisuradze|Tran Thi Hoa|Elif Demir|Kwame Boateng|Ingrid Solberg
Ravi Menon|Peter Ashworth""".replace("\n", "|").split("|")
ROLES = """interior minister|mayor|police chief|union leader|opposition spokeswoman|hospital director|finance minister
head of the relief agency|school principal|regional governor|coach|chief economist|prosecutor|port manager
fisheries officer""".replace("\n", "|").split("|")
BODIES = """the health ministry|the election commission|the central bank|the Red Cross|the transport authority|the army
the supreme court|the teachers' union|the city council|the meteorological office|the national oil company
the football federation|the anti-corruption bureau|the United Nations|the farmers' association|the port authority
the university hospital""".replace("\n", "|").split("|")
MATTERS = """a new fuel levy|the closure of two hospitals|water rationing|a disputed border crossing|the spring harvest
unpaid wages|the budget for next year|a ceasefire in the eastern districts|the vaccination campaign|flood defences
a trade agreement on textiles|the release of detained journalists|rail fares|an inquiry into the bridge collapse
tighter fishing quotas|the presidential run-off|a merger of two state banks|the sale of the national airline
the delayed census""".replace("\n", "|").split("|")
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "March", "April", "June", "August", "October", "November"]

SENTENCES = [
    "{Place} - Thousands of people marched through the centre of {place} on {day} in a dispute over {matter}.",
    "At least {small} people were killed and {number} injured when a train left the rails near {place}, {body} said.",
    "{Body} announced on {day} that talks with {country} about {matter} would resume in {month}.",
    "A magnitude {decimal} earthquake shook {place} before dawn, cutting power to about {number} homes.",
    '"We have waited {small} years for this and we will not wait any longer," said {person}, the {role}.',
    '{Person}, the {role}, told reporters in {place} that the plan was "neither fair nor affordable".',
    "Officials in {country} rejected the claim and said that the figures came from an unpublished report.",
    "Police fired tear gas after a group of young men tried to climb the barriers outside {body}.",
    "The vote had been put off twice since {month} because ballot papers did not reach {number} polling stations.",
    "{Body} put the cost of the repairs at {decimal} billion, almost twice the estimate of last year.",
    "Prices of rice, cooking oil and diesel have risen by {small} per cent since {month}, according to {body}.",
    "Rescue teams from {country} and {country} arrived on {day} with dogs and heavy lifting gear.",
    "Residents said that they had heard {small} explosions shortly after midnight, followed by bursts of gunfire.",
    "The {role} of {place} was arrested on {day} on suspicion of taking bribes over {matter}.",
    "{Person} scored twice in the second half as {place} came from behind to win {small}-2 and reach the final.",
    "The agreement, signed in {place} after {small} days of negotiation, commits both sides to {matter}.",
    "It was not immediately clear who was behind the attack, and nobody had claimed responsibility by {day} evening.",
    "Doctors at {body} said that most of the patients were children under five with signs of dehydration.",
    "The company employs about {number} people in {country} and exports mainly to {country} and {country}.",
    "Analysts doubt that the measure will pass: the governing coalition is {small} seats short of a majority.",
    "Heavy rain is expected to continue until {day}, and {body} has warned of landslides in the hills above {place}.",
    "Schools in {small} districts stayed closed for a second day while engineers inspected the buildings.",
    "In a statement, {body} called on all parties to show restraint and to respect the constitution.",
    '"My brother went to work in the morning and did not come home," said {person}, who sells fruit in {place}.',
    "A court in {place} sentenced the former {role} to {small} years in prison for embezzling public money.",
    "Exports of coffee and cut flowers fell by {decimal} per cent in the quarter, the sharpest drop in ten years.",
    "The two countries have argued over {matter} since {person} took office {small} years ago.",
    "Farmers blocked the main road to {place} with tractors and dumped milk in front of {body}.",
    "Scientists from {country} have described a new species of frog found in a forest {number} metres above the sea.",
    "{Body} said it had seized {number} kilograms of cocaine hidden in a container of bananas bound for {country}.",
    "The last survey, carried out by telephone in {month}, gave the party of {person} {small} per cent of the vote.",
    "Ferry services between {place} and the islands were suspended, leaving {number} passengers stranded overnight.",
    "Under the proposal, households that use little electricity would pay nothing until the end of {month}.",
    "Human rights groups say that more than {number} people have been held without charge since the protests began.",
    "The museum, closed since the fire of {year}, will reopen on {day} with an exhibition of textiles from {country}.",
    "Investors welcomed the news: the currency gained {decimal} per cent against the dollar in early trading.",
    "Smaller rallies were reported in {place}, {place} and {place}, where shops stayed shut for most of the day.",
    "{Country} has sent {number} soldiers to the border, a move that {body} described as purely defensive.",
    "A spokesman for {person} declined to comment on {matter}, citing the continuing investigation.",
    "The outbreak, first noticed in {place} in {month}, has spread to {small} provinces, with {number} cases so far.",
    "Volunteers handed out blankets, drinking water and dry food at a sports hall on the edge of {place}.",
    "Negotiators left the hotel without a word shortly before ten, and the next round was set for {day}.",
    "Critics point out that {body} has never published the contracts, although a law of {year} requires it to.",
    "The storm tore roofs from houses, felled pylons and left a fishing village near {place} without drinking water.",
    "{Person}, who studies the region at the university of {place}, called the decision a turning point.",
    "The ministers also discussed {matter}, but no further details were given.",
]


def articles(count: int, seed: int, tokenizer: Tokenizer, most: int = MOST) -> list[list[int]]:
    """Token ids of `count` articles, special tokens included, in an order that mixes the lengths."""
    source = random.Random(seed)
    tokenizer.no_padding()
    texts = []
    for length in lengths(count, most):
        tokenizer.enable_truncation(length)
        text = sentence(source)
        while len(ids := tokenizer.encode(text).ids) < length:
            text += " " + sentence(source)
        texts.append(ids)
    source.shuffle(texts)
    return texts


def lengths(count: int, most: int = MOST) -> list[int]:
    """Evenly spread from the least to the most, then the cut ones."""
    spread = round(count * (1 - CUT))
    return [LEAST + i * (most - LEAST) // max(spread, 1) for i in range(spread)] + [most] * (count - spread)


def sentence(source: random.Random) -> str:
    """A sentence with names and numbers filled in."""
    text = source.choice(SENTENCES)
    words = {"place": PLACES, "country": COUNTRIES, "person": PEOPLE, "role": ROLES, "body": BODIES, "matter": MATTERS}
    words |= {"day": DAYS, "month": MONTHS}
    for name, choices in words.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", source.choice(choices), 1)
        chosen = source.choice(choices)
        text = text.replace(f"{{{name.capitalize()}}}", chosen[0].upper() + chosen[1:])
    numbers = {"small": source.randint(3, 29), "number": f"{source.randint(40, 12_000):,}"}
    numbers |= {"decimal": f"{source.uniform(1, 9):.1f}", "year": source.randint(1998, 2025)}
    return text.format(**numbers)

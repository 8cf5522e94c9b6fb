"""Countries, other reporting territories, and blocs with dated membership: codes, names and aliases.

Everything is read, once and on first use, from three small tables in the package's data folder: `economies.csv`
(codes, names, aliases), `bloc_names.csv` (blocs and the source of their membership) and `blocs.csv` (who belonged to
which bloc from when until when).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from ostra.errors import NotFoundError, UsageError

DATA = Path(__file__).parents[1] / "data"

# Words that carry no information in the name of an economy, and abbreviations found in trade files.
_EMPTY_WORDS = frozenset({"the", "of", "and"})
_ABBREVIATIONS = {
    "st": "saint",
    "isds": "islands",
    "isl": "islands",
    "isles": "islands",
    "rep": "republic",
    "dem": "democratic",
    "terr": "territory",
}
# "U.K." and "D.R." are one word each; any other full stop ends a word ("Rep.of Korea").
_ACRONYM = re.compile(r"\b(?:[a-z]\.){2,}")
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

# An open end of membership lies beyond every year that can be asked for.
_OPEN_START = date(1900, 1, 1)
_OPEN_END = date(9998, 12, 31)
_FIRST_YEAR, _LAST_YEAR = 1900, 9998

# What tables call all economies that they do not list one by one; ISO 3166 leaves ZZZ to its users.
REST_OF_WORLD = "ZZZ"


@dataclass(frozen=True)
class Economy:
    """One row of `economies.csv`: a country or territory, a former one, or a reporting area without an ISO code."""

    iso3: str
    iso2: str
    m49: int | None
    name: str
    official: str
    kind: str
    aliases: tuple[str, ...]
    baci: int | None


@dataclass(frozen=True)
class Membership:
    """One economy's membership of a bloc, from and to included."""

    iso3: str
    start: date
    end: date
    source: str


@dataclass(frozen=True)
class Bloc:
    """A bloc's code, names, dated memberships in the order of the table, and the public page that they are from."""

    code: str
    name: str
    aliases: tuple[str, ...]
    source_title: str
    source_url: str
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class Home:
    """The economy whose autonomy is assessed: a country or a bloc.

    Attributes
    ----------
    code : str
        ISO 3166 alpha-3 code, or the code of a bloc such as "EU27".
    name : str
        English short name.
    is_bloc : bool
        Whether membership depends on the year.
    """

    code: str
    name: str
    is_bloc: bool

    def members(self, year: int) -> frozenset[str]:
        """Return the alpha-3 codes of the economies that make up the home in that year."""
        return bloc_members(self.code, year) if self.is_bloc else frozenset({self.code})


def home(code: str) -> Home:
    """Return the country or bloc with this code or name.

    Parameters
    ----------
    code : str
        Bloc code or name ("EU27", "NATO", "Euro area"), or anything that `iso3` understands.

    Raises
    ------
    NotFoundError
        Nothing of that name is known; the message lists the nearest matches and the blocs.
    """
    bloc = _bloc_keys().get(words_of(code))
    if bloc is not None:
        return Home(bloc, _blocs()[bloc].name, is_bloc=True)
    try:
        found = iso3(code)
    except NotFoundError as error:
        raise NotFoundError(f"{error} Blocs: {', '.join(blocs())}.") from None
    return Home(found, economy_name(found), is_bloc=False)


def iso3(name_or_code: str) -> str:
    """Return the ISO 3166 alpha-3 code of an economy.

    Accepted are alpha-3 and alpha-2 codes, UN M49 numbers and the numbers that BACI uses in their place, English
    short and official names, and aliases found in statistical files; letter case, accents, punctuation, word order
    and the words "the", "of", "and" do not matter.

    Raises
    ------
    NotFoundError
        Nothing of that name is known; the message lists the nearest matches.
    """
    found = find(name_or_code)
    if found is None:
        raise NotFoundError(f"No economy is called {name_or_code!r}.{_suggestions(name_or_code.strip())}")
    return found


def find(name_or_code: str) -> str | None:
    """As `iso3`, and None where nothing of that name is known: quick for lists of names that are no economies."""
    text = name_or_code.strip()
    if text.isascii() and text.isdigit():
        return iso3_of_baci(int(text))
    return _codes().get(text.upper()) or _names().get(words_of(text))


def iso3_of_baci(code: int) -> str | None:
    """Return the alpha-3 code for a country number of BACI or UN M49.

    BACI departs from M49 where a reporting territory is wider than the country: 251 is France with Monaco and the
    overseas departments, 579 Norway with Svalbard and Jan Mayen, 699 India, 757 Switzerland with Liechtenstein, 842
    the United States with Puerto Rico and the Virgin Islands, 58 Belgium with Luxembourg until 1998, 736 Sudan until
    2011. 490, "Other Asia, not elsewhere specified", is in practice Taiwan and is given as TWN.

    Returns
    -------
    str or None
        None for numbers that name no single economy (areas "not elsewhere specified", special categories) and for
        unknown numbers. 711, the Southern African Customs Union, is one reporting territory until 1999 and is given
        as ZA1, the code that BACI itself prints; it belongs to no bloc.
    """
    return _numbers().get(code)


def is_other_territory(code: int) -> bool:
    """Whether a number is BACI's for a wider or a former territory of an economy that has a number of its own, too."""
    return any(economy.baci == code and economy.m49 != code for economy in _economies().values())


def economy_name(iso3: str) -> str:
    """Return the English short name of an economy or bloc code; an unknown code is returned as it is."""
    if iso3 in _economies():
        return _economies()[iso3].name
    if iso3 == REST_OF_WORLD:
        return "rest of the world"
    return _blocs()[iso3].name if iso3 in _blocs() else iso3


def name_of(economy: str, names: Mapping[str, str]) -> str:
    """The name that is given for an economy, else its common English name, else its code."""
    return names.get(economy) or economy_name(economy)


def economies() -> tuple[str, ...]:
    """Return every code that facts may carry, current ones first, then former ones and areas."""
    return tuple(_economies())


def blocs() -> tuple[str, ...]:
    """Return the codes of all blocs."""
    return tuple(_blocs())


def bloc(code: str) -> Bloc:
    """Return names, memberships and source of a bloc.

    Raises
    ------
    NotFoundError
        There is no bloc of that code or name.
    """
    found = _bloc_keys().get(words_of(code))
    if found is None:
        raise NotFoundError(f"No bloc is called {code!r}. Blocs: {', '.join(blocs())}.")
    return _blocs()[found]


@cache
def bloc_members(code: str, year: int) -> frozenset[str]:
    """Return who belonged to a bloc in a year.

    An economy is a member in year y when it was one on more than half of the days of y, because facts are yearly and
    cannot be split. The United Kingdom, which left on 31 January 2020, is no member
    of `EU` in 2020; the ten of 1 May 2004 are members in 2004. `EU27` is the membership since 2020 in every year.

    Raises
    ------
    NotFoundError
        There is no bloc of that code or name.
    UsageError
        The year is no calendar year.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UsageError(f"{year} is no year. Give a calendar year such as 2022.")
    first, last = date(year, 1, 1), date(year, 12, 31)
    length = (last - first).days + 1
    days: dict[str, int] = {}
    for member in bloc(code).memberships:
        overlap = min(last, member.end) - max(first, member.start) + timedelta(days=1)
        days[member.iso3] = days.get(member.iso3, 0) + max(overlap.days, 0)
    return frozenset(iso3 for iso3, count in days.items() if 2 * count > length)


def covered_by(code: str, year: int) -> frozenset[str]:
    """Return the economies that a code stands for in a year: a bloc's members, or the economy itself.

    An unknown code stands for itself.
    """
    return bloc_members(code, year) if code in _blocs() else frozenset({code})


def words_of(name: str) -> str:
    """Reduce a name to the sorted set of its words, so that "Korea, Rep." and "Republic of Korea" are one."""
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _ACRONYM.sub(lambda match: match.group().replace(".", ""), _APOSTROPHES.sub("", text))
    words = (_ABBREVIATIONS.get(word, word) for word in _NOT_A_WORD.split(text) if word)
    return " ".join(sorted(set(words) - _EMPTY_WORDS))


def nearest(text: str, *, with_blocs: bool = False) -> tuple[str, ...]:
    """The codes of at most five economies whose names or codes look most like the text, likeliest first.

    Blocs are among them only where they may stand.
    """
    names, codes = dict(_names()), dict(_codes())
    if with_blocs:
        names |= _bloc_keys()
        codes |= {code: code for code in blocs()}
    near = [names[key] for key in get_close_matches(words_of(text), names, n=5, cutoff=0.6)]
    near += [codes[code] for code in get_close_matches(text.strip().upper(), codes, n=3, cutoff=0.6)]
    return tuple(dict.fromkeys(near))[:5]


def code_and_name(code: str) -> str:
    """A code with its name, each once: "NLD (Netherlands)", "EU27 (European Union)", "BRICS"."""
    name = economy_name(code).removesuffix(f" ({code})")
    return code if name == code else f"{code} ({name})"


def _suggestions(text: str) -> str:
    """Name the economies whose names or codes look most like the text."""
    found = nearest(text)
    if not found:
        return " Give an ISO 3166 code (DEU) or an English name (Germany)."
    return " Did you mean " + ", ".join(f"{economy_name(code)} ({code})" for code in found) + "?"


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Read one table of the data folder."""
    text = (DATA / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(alias for alias in aliases.split("|") if alias)


@cache
def _economies() -> dict[str, Economy]:
    return {
        row["iso3"]: Economy(
            iso3=row["iso3"],
            iso2=row["iso2"],
            m49=int(row["m49"]) if row["m49"] else None,
            name=row["name"],
            official=row["official"],
            kind=row["kind"],
            aliases=_split(row["aliases"]),
            baci=int(row["baci"]) if row["baci"] else None,
        )
        for row in _rows("economies.csv")
    }


@cache
def _codes() -> dict[str, str]:
    codes = {economy.iso2: economy.iso3 for economy in _economies().values() if economy.iso2}
    return codes | {iso3: iso3 for iso3 in _economies()}


@cache
def _numbers() -> dict[int, str]:
    numbers = {economy.m49: economy.iso3 for economy in _economies().values() if economy.m49 is not None}
    return numbers | {economy.baci: economy.iso3 for economy in _economies().values() if economy.baci is not None}


@cache
def _names() -> dict[str, str]:
    return {
        words_of(name): economy.iso3
        for economy in _economies().values()
        for name in (economy.name, economy.official, *economy.aliases)
        if name
    }


@cache
def _blocs() -> dict[str, Bloc]:
    members: dict[str, list[Membership]] = defaultdict(list)
    for row in _rows("blocs.csv"):
        start = date.fromisoformat(row["start"]) if row["start"] else _OPEN_START
        end = date.fromisoformat(row["end"]) if row["end"] else _OPEN_END
        members[row["bloc"]].append(Membership(row["iso3"], start, end, row["source"]))
    blocs = {}
    for row in _rows("bloc_names.csv"):
        names, source = (row["name"], _split(row["aliases"])), (row["source_title"], row["source_url"])
        blocs[row["bloc"]] = Bloc(row["bloc"], *names, *source, tuple(members[row["bloc"]]))
    return blocs


@cache
def _bloc_keys() -> dict[str, str]:
    return {
        words_of(name): entry.code for entry in _blocs().values() for name in (entry.code, entry.name, *entry.aliases)
    }

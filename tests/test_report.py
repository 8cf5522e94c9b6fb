"""The HTML report and the workbook: complete, self-contained, escaped, the same every time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from ostra.files.spreadsheets import harmless
from ostra.model.assessment import Assessment
from ostra.model.base import Level
from ostra.model.dossier import NOT_SAID, Position
from ostra.model.evidence import Evidence
from ostra.model.results.ecosystem import SectorReliance, TradeAtStake
from ostra.show.printed.markup import csv_link, safe_url
from ostra.show.printed.overview import DOWNLOADS
from ostra.show.printed.page import render_html
from ostra.show.printed.workbook import render_xlsx
from ostra.show.sections import datasheets
from ostra.show.sections.datasheets import TABLES
from ostra.show.sections.evidence_index import EvidenceIndex
from ostra.show.sections.selection import (
    cards,
    caveats,
    in_one_sentence,
    ranked_dependencies,
    top_challenges,
    top_chokepoints,
    top_dependencies,
)
from ostra.show.sections.stands import rows as rows_of_positions
from ostra.words.levels import grave_words
from sample_assessment import sample_assessment

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta"}
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)><!--/screen-->&amp;{{ 7 * 7 }}"


class Page(HTMLParser):
    """What the tests ask of a page: ids, links, loaded addresses, headings, tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.tables = 0
        self.captions = 0
        self.bare_headers = 0
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_attrs = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.handlers += [name for name in given_attrs if name.startswith("on")]
        if "id" in given_attrs:
            self.ids.append(given_attrs["id"])
        if tag == "a":
            self.links.append(given_attrs.get("href", ""))
        else:
            self.loads += [given_attrs[name] for name in ("src", "href", "xlink:href", "data") if name in given_attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.bare_headers += tag == "th" and "scope" not in given_attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return sample_assessment()


@pytest.fixture(scope="module")
def html(assessment: Assessment) -> str:
    return render_html(assessment)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_link_within_the_page_leads_somewhere(page: Page) -> None:
    """Each number's link, each row and each source exists on the same page, once."""
    inner = {unquote(link[1:]) for link in page.links if link.startswith("#")}
    assert len(page.ids) == len(set(page.ids))
    assert inner <= set(page.ids)
    assert sum(link.startswith("ev-") for link in inner) > 50


def test_every_piece_of_evidence_and_every_claim_is_listed(page: Page, assessment: Assessment) -> None:
    """The evidence annex leaves nothing out."""
    wanted = {f"ev-{e.id}" for e in assessment.evidence} | {f"ev-claim.{c.id}" for c in assessment.claims}
    assert wanted <= set(page.ids)


def test_the_page_loads_nothing_from_elsewhere(page: Page, html: str) -> None:
    """No tag, style or script names an outside address; a content policy forbids it too."""
    assert [load for load in page.loads if not load.startswith(("data:", "#"))] == []
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    assert all(target.startswith(('"data:', "#")) for target in re.findall(r"url\(([^)]*)", styles))
    assert "@import" not in styles
    assert "default-src 'none'" in html


def test_markup_is_well_formed_and_headings_are_in_order(page: Page) -> None:
    """Tags close in order; one first heading; no heading level is skipped; tables have captions and scopes."""
    assert page.wrong == []
    assert page.open == []
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.tables == page.captions
    assert page.bare_headers == 0


def test_the_same_assessment_gives_the_same_page(assessment: Assessment, html: str) -> None:
    """Two runs, and a run on a copy read back from JSON, give the same bytes."""
    again = Assessment.model_validate_json(assessment.model_dump_json())
    assert render_html(again) == html


def test_hostile_text_stays_text() -> None:
    """Markup in a dossier's words is shown, never run, and cannot cut parts out of the print."""
    text = render_html(sample_assessment(hostile=HOSTILE))
    page = Page(text)
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert page.handlers == []
    assert page.wrong == []
    assert text.count("<!--screen-->") == text.count("<!--/screen-->")
    assert "{{ 7 * 7 }}" in text


def test_page_one_says_what_a_minister_asks(html: str) -> None:
    """Level and robustness of each dimension, both sides of dependencies, chokepoints, instruments, limits."""
    one = html[html.index('id="summary"') : html.index('class="paper contents-paper"')]
    for words in (
        "The challenge to strategic autonomy is high for resilience",
        "70% likely", "97.4%", "Our hold in return", "94–98%", "Held at home", "Strategic stocks", "Side effect",
        "What it is not", "European Union (27 members), default yardsticks", "stands whole in annex N",
        "dossier of 2023-01-15",
    ):  # fmt: skip
        assert words in one
    for number_on_page in (
        "provision.gallium.CHN.location",
        "provision.lithography.NLD.location",
        "instrument.strategic-stocks",
    ):
        assert f'href="#ev-{number_on_page}"' in one
    assert "No action" not in one


def test_every_picture_has_a_name_a_table_and_a_source(html: str) -> None:
    """Each SVG is titled and described, and stands beside its data, its source and buttons to save it."""
    pictures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(pictures) == 6 + 2 + 5  # the ecosystem map on screen and on paper, and five paths
    for picture in pictures:
        assert "<title" in picture
        assert "<desc" in picture
    for figure in re.findall(r"<figure>.*?</figure>", html, re.DOTALL):
        assert "<table" in figure
        assert 'download="' in figure
        assert 'data-save="png"' in figure


def test_unknown_years_are_hatched_and_not_drawn(html: str) -> None:
    """The product that the data stop covering has a hatched span and no points in it."""
    picture = html[html.index('id="picture-series-811230"') :]
    picture = picture[: picture.index("</svg>")]
    assert "picture-series-811230-hatch)" in picture
    assert picture.count('r="2"') == 2 * 12  # two lines, 1995 to 2006
    assert "in 2006" in picture


def test_an_empty_assessment_is_still_a_page(assessment: Assessment) -> None:
    """Without dependencies, findings or instruments the report says so instead of failing."""
    empty = assessment.model_copy(
        update={
            "step1": assessment.step1.model_copy(
                update=dict.fromkeys(
                    ("dependencies", "chokepoints", "mutual", "trade", "trade_series", "suppliers", "materials"), ()
                )
            ),
            "step2": assessment.step2.model_copy(update={"findings": (), "matrix": (), "tensions": ()}),
            "step3": assessment.step3.model_copy(update={"suppliers": (), "breaches": ()}),
            "step4": assessment.step4.model_copy(update={"instruments": ()}),
        }
    )  # fmt: skip
    text = render_html(empty)
    assert "No dependency with a known share." in text
    assert "None fits." in text
    assert Page(text).wrong == []


def test_a_dimension_nobody_looked_at_is_not_called_safe(assessment: Assessment) -> None:
    """Not assessed is said in words, in the card and in the sentence; it has no level."""
    rows = tuple(d.model_copy(update={"assessed": d.dimension != "values"}) for d in assessment.step2.dimensions)
    partly = assessment.model_copy(update={"step2": assessment.step2.model_copy(update={"dimensions": rows})})
    assert "not assessed for values" in in_one_sentence(partly)
    assert "<strong>not assessed</strong>" in render_html(partly)


def test_dangerous_addresses_are_not_links() -> None:
    """Only http and https addresses of sources become links."""
    assert safe_url("https://example.org/a?b=1") == "https://example.org/a?b=1"
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https:/x",
        " https://a b",
        "http://[",
    ):
        assert safe_url(address) == ""


def test_closure_follows_inputs_and_claims(assessment: Assessment) -> None:
    """What a printed number rests on is found through every step of its chain."""
    found = EvidenceIndex(assessment).closure(["level.values.robustness"])
    assert {"level.values.challenge", "finding.mining-conditions", "claim.shares"} <= found
    assert not any(target.startswith("trade.") for target in found)


def test_top_lists_are_short_ranked_and_varied(assessment: Assessment) -> None:
    """Each item once, no supplier more than three times, the most pressing first, home's own holds apart."""
    top = top_dependencies(assessment)
    assert top[0].id == "dep.gallium.CHN.provision.location"
    assert len({d.item for d in top}) == len(top) <= 6
    assert max([d.supplier for d in top].count(d.supplier) for d in top) <= 3
    assert all(not c.is_home for c in top_chokepoints(assessment))
    assert [c.item for c in top_chokepoints(assessment, home=True)] == ["lithography"]


def test_a_challenge_that_no_instrument_answers_is_still_told(assessment: Assessment) -> None:
    """Without instruments every challenge stands there with no answer and none more; answers are those listed."""
    bare = assessment.model_copy(update={"step4": assessment.step4.model_copy(update={"instruments": ()})})
    rows = top_challenges(bare)
    assert [row["what"] for row in rows] == [row["what"] for row in top_challenges(assessment)]
    assert all(row["answers"] == [] and row["more"] == 0 for row in rows)
    assert "nothing in the catalogue" in render_html(bare)
    listed = {match.instrument for match in assessment.step4.instruments}
    told = {answer["instrument"] for row in top_challenges(assessment) for answer in row["answers"]}
    assert told and told <= listed


def finding(name: str, kind: str, severity: int, confidence: float, **more: object) -> dict[str, object]:
    return {
        "id": name, "kind": kind, "items": ("gallium",), "supplier": None, "dimension": "security", "effect": -1,
        "severity": severity, "horizon": "now", "confidence": confidence, "reason": name, "author": "A",
        "date": "2026-01-01", "evidence": f"finding.{name}", **more,
    }  # fmt: skip


def with_findings(assessment: Assessment, level: str, *rows: dict[str, object]) -> Assessment:
    """The sample with these findings alone on security, at this level, and its first breach moved there."""
    step2 = assessment.step2.model_dump()
    step2["findings"] = rows
    for outcome in step2["dimensions"]:
        if outcome["dimension"] == "security":
            outcome["challenge"] |= {"level": level}
    breach = assessment.step3.breaches[0].model_copy(
        update={"dimension": "security", "dependency": "dep.gallium.CHN.provision.location"}
    )
    return assessment.model_copy(
        update={
            "step2": type(assessment.step2).model_validate(step2),
            "step3": assessment.step3.model_copy(update={"breaches": (breach,)}),
        }
    )


def test_a_card_opens_with_what_shows_the_level(assessment: Assessment) -> None:
    """A finding that alone gives the level comes first; a hold only where one on its item and supplier does."""
    breach = assessment.step3.breaches[0]
    on_hold = {"items": (breach.item,), "supplier": breach.supplier}
    sure = finding("sure", "judged", 3, 0.6)
    heavy = finding("heavy", "judged", 2, 0.95)
    measured = finding("measured", "measured", 3, 0.8)
    held = finding("held", "measured", 3, 0.7, **on_hold)

    def shown(found: Assessment) -> list[str]:
        return [line.evidence for line in cards(found)["security"].lines]

    card = cards(with_findings(assessment, "high", heavy, sure))["security"]
    assert (card.lines[0].evidence, card.grave, card.counted) == ("finding.sure", 1, 2)
    assert shown(with_findings(assessment, "high", heavy, measured)) == ["finding.measured", "finding.heavy"]
    assert shown(with_findings(assessment, "high", sure, held)) == [breach.evidence, "finding.sure"]
    unsure = with_findings(assessment, "high", sure, held)
    possible = breach.model_copy(
        update={"dimension": "security", "dependency": "dep.gallium.CHN.provision.location", "certain": False}
    )
    unsure = unsure.model_copy(update={"step3": unsure.step3.model_copy(update={"breaches": (possible,)})})
    assert shown(unsure)[0] == "finding.sure"
    doubtful = {**held, "confidence": 0.5}
    assert shown(with_findings(assessment, "high", sure, doubtful))[0] == "finding.sure"


def test_a_hold_stands_on_one_card_only(assessment: Assessment) -> None:
    """The same hold above tolerance on two dimensions is told on the first, unless it shows the other's level."""
    holds = {breach.evidence: (breach.item, breach.supplier) for breach in assessment.step3.breaches}
    later = [line.evidence for card in cards(assessment).values() for line in card.lines[1:]]
    found = [holds[evidence] for evidence in later if evidence in holds]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("level", "grave", "counted", "words"),
    [
        ("high", 4, 10, "4 of 10 findings are high"),
        ("medium", 1, 3, "1 of 3 findings is medium or graver"),
        ("high", 1, 1, "1 finding, high"),
        ("none", 2, 2, "2 findings, none more likely than not"),
        ("none", 0, 0, "no finding"),
    ],
)
def test_findings_behind_a_level_in_words(level: Level, grave: int, counted: int, words: str) -> None:
    """How many stand behind the word, in singular and plural."""
    assert grave_words(level, grave, counted) == words


def test_caveats_of_the_table_stand_with_its_figures(assessment: Assessment) -> None:
    """The contents page has the others, and says where those of the table are."""
    step1 = assessment.step1.model_copy(update={"table_caveats": ("Final sales.",)})
    noted = assessment.model_copy(
        update={"caveats": ("No prices are known.", "Input-output table: Final sales."), "step1": step1}
    )
    others, of_table = caveats(noted)
    assert "No prices are known." in others
    assert of_table == ["Final sales."]
    text = render_html(noted)
    contents = text[text.index('class="paper contents-paper"') : text.index('id="dependencies"')]
    assert "No prices are known." in contents
    assert "Final sales." not in contents
    assert "Final sales." in text[text.index('class="annex sectors"') :]


def test_ranking_does_not_depend_on_the_order_of_rows(assessment: Assessment) -> None:
    """Reversing the dependencies changes nothing."""
    turned = assessment.step1.model_copy(update={"dependencies": assessment.step1.dependencies[::-1]})
    again = assessment.model_copy(update={"step1": turned})
    assert [d.id for d in ranked_dependencies(again)] == [d.id for d in ranked_dependencies(assessment)]


def test_csv_downloads_hold_no_formulas() -> None:
    """A cell that begins like a formula is saved with an apostrophe; unknown is empty."""
    link = unquote(str(csv_link(["a", "b", "c"], [["=cmd()|' /C calc'!A0", None, 0.5]], "x")))
    assert "'=cmd()" in link
    assert ",,0.5" in link
    assert [harmless(text)[0] for text in ("+1", "-1", "@x", "\tx", "\rx")] == ["'"] * 5


def test_positions_stand_beside_each_other_and_gaps_are_said() -> None:
    """Each topic has a side for every economy; a gap is said in words and is empty in the data; text is escaped."""
    base = sample_assessment()
    claim = base.claims[0].model_copy(update={"value": 1234.5, "unit": "masts"})
    plain = claim.model_copy(update={"id": "plain", "value": None, "low": None, "high": None})
    positions = (
        Position(topic="trial-sites", economy="EU27", text="<b>Many</b> & few", claims=(claim.id, plain.id)),
        Position(topic="law", economy="JPN", text="Strict", claims=(plain.id,)),
    )
    names = {**base.economy_names, "EU27": "European Union", "JPN": "Japan"}
    claims = (claim, plain, *base.claims[1:])
    a = base.model_copy(update={"positions": positions, "claims": claims, "economy_names": names})
    html = render_html(a)
    section = html[html.index('<section class="annex positions" id="positions"') :].partition("</section>")[0]
    assert section.count(NOT_SAID) == 2 and section.count("<h3>") == 2 and "Trial sites" in section
    assert "&lt;b&gt;Many&lt;/b&gt; &amp; few" in section and "<b>Many" not in section
    assert f'<a class="ev" href="#ev-claim.{claim.id}">1,234.5 masts</a>' in section
    assert f'<a class="ev" href="#ev-claim.{plain.id}">[2]</a>' in section
    assert rows_of_positions(a)[1] == {
        "topic": "Trial sites",
        "economy": "JPN",
        "name": "Japan",
        "position": None,
        "figures": None,
        "claims": None,
    }
    assert "lays no positions" in render_html(base.model_copy(update={"positions": ()}))


def test_every_column_of_sheets_and_downloads_is_a_key_of_the_rows() -> None:
    """A misspelt key of tables.csv would be an empty column: each is met in the rows, where the sample has any."""
    a = sample_assessment()
    made = {name: list(records(a)) for name, records in TABLES.items()}
    made |= {table: list(records([a])) for table, records in DOWNLOADS.values()}
    with Path(datasheets.__file__).with_name("tables.csv").open(encoding="utf-8", newline="") as lines:
        columns = list(csv.DictReader(lines))
    assert {column["table"] for column in columns} == set(made)
    met = {(table, key) for table, rows in made.items() for row in rows for key in row}
    asked = {(column["table"], column["key"]) for column in columns if made[column["table"]]}
    assert asked <= met


def test_workbook_has_every_sheet_with_units_and_no_formula(tmp_path: Path) -> None:
    """All sheets, frozen headings, filters; text that looks like a formula or a link stays text."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(render_xlsx(sample_assessment(title="=cmd()|' /C calc'!A0", hostile="=1+1")))
    book = openpyxl.load_workbook(path)
    wanted = (
        "Read me,Dependencies,Chain,Holds,Suppliers,Trade,Materials,Findings,Matrix,Context,Positions,Sectors,"
        "Scenarios,Breaches,Instruments,Challenges,Evidence,Claims,Sources"
    )
    assert book.sheetnames == wanted.split(",")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
    headings = [cell.value for cell in book["Suppliers"][1]]
    assert "imports (thousand current USD)" in headings
    readme = {row[0].value: row[1].value for row in book["Read me"].iter_rows()}
    assert readme["Facts SHA-256"] == sample_assessment().hashes.facts
    assert "home EU27" in readme["Filters"]
    assert readme["Title"].startswith("=cmd()")


def test_workbook_numbers_are_the_assessments(tmp_path: Path, assessment: Assessment) -> None:
    """Shares are written as numbers, unknown as empty cells, in as many rows as there are."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(render_xlsx(assessment))
    sheet = openpyxl.load_workbook(path)["Dependencies"]
    rows = [dict(zip([c.value for c in sheet[1]], [c.value for c in row], strict=True)) for row in sheet.iter_rows(2)]
    assert len(rows) == len(assessment.step1.dependencies)
    first = next(row for row in rows if row["item id"] == "gallium" and row["supplier (ISO 3166-1 alpha-3)"] == "CHN")
    assert first["their hold at least"] == 0.94
    assert first["our hold at least"] is None
    assert first["evidence"] == "provision.gallium.CHN.location"


def test_workbook_is_the_same_every_time(tmp_path: Path, assessment: Assessment) -> None:
    """Two runs give the same bytes, dated by the dossier."""
    (tmp_path / "a.xlsx").write_bytes(render_xlsx(assessment))
    (tmp_path / "b.xlsx").write_bytes(render_xlsx(assessment))
    data = (tmp_path / "a.xlsx").read_bytes()
    assert data == (tmp_path / "b.xlsx").read_bytes()
    assert b"2023-01-15" in zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml")


def test_what_sectors_rely_on_stands_with_both_sides_and_unknowns() -> None:
    """Parts of inputs and what hangs on the trade stand both ways; an unknown side says so; text is escaped."""
    base = sample_assessment()
    proofs = tuple(
        Evidence(id=f"input-output.{name}", label=name, kind="computed", unit="share", value=0.2)
        for name in ("look", "direct", "home")
    )
    row = SectorReliance(
        sector="C26",
        sector_name="Chips & <more>",
        items=("leading-edge",),
        supplier="TWN",
        supplier_name="Taiwan",
        direct_share=0.123,
        face_value=0.05,
        order_2=0.04,
        order_3=0.03,
        beyond=0.08,
        look_through=0.2,
        reverse_direct_share=None,
        reverse_look_through=None,
        year=2022,
        evidence="input-output.look",
        direct_evidence="input-output.direct",
        reverse_evidence=None,
    )
    stake = TradeAtStake(
        supplier="TWN",
        supplier_name="Taiwan",
        lost_at_home=0.031,
        lost_abroad=None,
        year=2022,
        evidence=("input-output.home", "input-output.abroad"),
    )
    step1 = base.step1.model_copy(update={"sector_reliance": (row,), "at_stake": (stake,)})
    a = base.model_copy(update={"step1": step1, "evidence": (*base.evidence, *proofs)})
    html = render_html(a)
    section = html[html.index('<section class="annex sectors" id="sectors"') :].partition("</section>")[0]
    assert "Chips &amp; &lt;more&gt;" in section and "<more>" not in section
    assert "12.3%" in section and "20.0%" in section and "3.1%" in section
    assert section.count(">unknown<") == 2
    assert "Nothing is known" in render_html(base)

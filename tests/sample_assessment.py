"""The assessment that the tests of the report show: made by `assess` from a small dossier whose words are invented."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import ostra
from ostra.documents.yaml_documents import builtin_catalogue, builtin_profiles
from ostra.model.assessment import Assessment

YEAR = 2023
LONGEST = 4000  # characters that a text may have
DOSSIER = """
format: ostra-dossier/1
id: semiconductors
title: Semiconductors
summary: From raw materials and tools through fabrication to the industries that use chips.
author: A. Author
date: 2023-01-15
sources:
  - {id: report, title: Sample report on strategic autonomy, publisher: Sample institute, authors: A. Author,
     date: 2023-01, note: Chapter on semiconductors., url: "https://example.org/report?edition=1&part=2"}
claims:
  - {id: shares, statement: "Shares of output by place, as the table prints them.", source: report, basis: cites,
     locator: "section 4.2, table 3", as_of: "2022", low: 0.85, high: 0.92, unit: share}
stages:
  - {id: materials, name: Raw materials}
  - {id: inputs, name: Tools and equipment}
  - {id: front-end, name: Front-end fabrication}
  - {id: back-end, name: "Back-end: assembly, test, packaging"}
  - {id: use, name: End-user industries}
items:
  - {id: gallium, name: Gallium, kind: material, stage: materials}
  - {id: germanium, name: Germanium, kind: material, stage: materials, products: [{hs: "811230"}]}
  - {id: tungsten, name: Tungsten, kind: material, stage: materials, material: Tungsten (W), products: [{hs: "261100"}]}
  - {id: cobalt, name: Cobalt, kind: material, stage: materials, products: [{hs: "810510"}]}
  - {id: silicon, name: Silicon metal, kind: material, stage: materials}
  - {id: palladium, name: Palladium, kind: material, stage: materials, products: [{hs: "711021"}]}
  - {id: eda, name: Electronic design automation software, kind: software, stage: inputs}
  - {id: lithography, name: Extreme ultraviolet lithography, kind: tool, stage: inputs}
  - {id: photoresist, name: Photoresists, kind: tool, stage: inputs}
  - {id: skills, name: Skilled people, kind: skill, stage: inputs}
  - {id: leading-edge, name: Leading-edge logic fabrication (below 10 nm), kind: process, stage: front-end}
  - {id: trailing-edge, name: Trailing-edge fabrication, kind: process, stage: front-end}
  - {id: packaging, name: "Assembly, test and packaging", kind: process, stage: back-end}
  - {id: automotive, name: Automotive chips, kind: product, stage: use}
  - {id: telecom, name: Telecommunications chips, kind: product, stage: use}
links:
  - {item: leading-edge, needs: gallium}
  - {item: leading-edge, needs: cobalt}
  - {item: leading-edge, needs: tungsten}
  - {item: leading-edge, needs: eda}
  - {item: leading-edge, needs: lithography}
  - {item: leading-edge, needs: photoresist}
  - {item: trailing-edge, needs: silicon}
  - {item: trailing-edge, needs: germanium}
  - {item: trailing-edge, needs: eda}
  - {item: packaging, needs: palladium}
  - {item: packaging, needs: leading-edge}
  - {item: packaging, needs: trailing-edge}
  - {item: automotive, needs: packaging}
  - {item: telecom, needs: packaging}
provision:
  - {item: gallium, economy: CHN, share: {low: 0.94, high: 0.98}}
  - {item: gallium, economy: JPN, share: {low: 0.01, high: 0.03}}
  - {item: germanium, economy: CHN, share: {low: 0.6, high: 0.83}}
  - {item: cobalt, economy: COD, share: {low: 0, high: 0.62}}
  - {item: silicon, economy: NOR, share: 0.36}
  - {item: eda, economy: USA, organisation: Synopsys, by: headquarters, share: {low: 0.4, high: 0.45}}
  - {item: eda, economy: USA, organisation: Cadence, by: headquarters, share: {low: 0.3, high: 0.33}}
  - {item: lithography, economy: NLD, organisation: ASML, share: 1}
  - {item: photoresist, economy: JPN, share: {low: 0.85, high: 0.92}}
  - {item: leading-edge, economy: TWN, organisation: TSMC, share: {low: 0.85, high: 0.92}}
  - {item: leading-edge, economy: KOR, share: {low: 0.08, high: 0.15}}
  - {item: trailing-edge, economy: TWN, share: {low: 0.2, high: 0.4}}
  - {item: trailing-edge, economy: CHN, year: null}
  - {item: packaging, economy: CHN, share: {low: 0.3, high: 0.4}}
  - {item: packaging, economy: TWN, share: {low: 0.25, high: 0.3}}
  - {item: packaging, economy: DEU, share: {low: 0.02, high: 0.04}}
actors:
  - {id: tsmc, name: TSMC, kind: company, economy: TWN, role: Contract manufacturer, claims: [shares],
     why: Makes most leading-edge logic.}
findings:
  - {id: leading-edge-abroad, items: [leading-edge], supplier: TWN, dimension: resilience, effect: -1, severity: 3,
     reason: Nearly all leading-edge logic is made in one place.}
  - {id: gallium-licences, items: [gallium, germanium], supplier: CHN, dimension: resilience, effect: -1, severity: 3,
     reason: Export licences can stop the flow at short notice.}
  - {id: design-tools, items: [eda], supplier: USA, dimension: competitiveness, effect: -1, severity: 2,
     reason: Three firms under one jurisdiction supply the design tools.}
  - {id: design-trust, items: [eda], supplier: USA, dimension: security, effect: 1, severity: 1,
     reason: Tools from an ally are safer to use.}
  - {id: lithography-lead, items: [lithography], dimension: competitiveness, effect: 1, severity: 3,
     reason: Home firms alone build the most advanced machines.}
  - {id: hardware-trust, items: [packaging], supplier: CHN, dimension: security, effect: -1, severity: 2,
     reason: Tampering in packaging is hard to detect afterwards.}
  - {id: mining-conditions, items: [cobalt], supplier: COD, dimension: values, effect: -1, severity: 1,
     reason: Working conditions in small-scale mines are poor.}
context:
  - {id: licences-chn, economy: CHN, kind: export control, title: Export licences, reach: [gallium], since: 2023-08,
     what: Exports of some materials need a licence., claims: [shares]}
recommendations:
  - {id: advice-stock, instrument: strategic-stocks, text: Build stocks of critical inputs., dimensions: [resilience],
     items: [gallium], claims: [shares]}
open_questions: [Who provides trailing-edge capacity in detail is unknown.]
caveats: [Shares by headquarters and by location are not mixed.]
"""
INSTRUMENTS = (
    "strategic-stocks",
    "domestic-raw-materials",
    "trade-diversification",
    "mutual-dependence",
    "design-talent",
    "no-action",
)
PROVIDED = {"by": "location", "year": 2022, "claims": ["shares"]}
JUDGED = {"horizon": "short", "confidence": 0.7, "author": "A. Author", "date": "2023-01", "claims": ["shares"]}
TEXTS = {
    "title", "summary", "name", "organisation", "statement", "reason", "why", "role", "text", "what", "locator",
    "goal", "preconditions", "lead", "open_questions", "caveats", "author",
}  # fmt: skip


@cache
def sample_assessment(title: str = "Semiconductors", hostile: str = "") -> Assessment:
    """The sample, seen from the European Union, made once in a process; `hostile` is put after every text of it."""
    dossier: dict[str, Any] = yaml.safe_load(DOSSIER)
    dossier["title"] = title
    dossier["provision"] = [PROVIDED | row for row in dossier["provision"]]
    dossier["findings"] = [JUDGED | finding for finding in dossier["findings"]]
    catalogue = yaml.safe_load(builtin_catalogue().read_text(encoding="utf-8"))
    catalogue["instruments"] = [one for one in catalogue["instruments"] if one["id"] in INSTRUMENTS]
    documents = {"dossiers/semiconductors.yaml": dossier, "instruments.yaml": catalogue}
    if hostile:
        profile: dict[str, Any] = yaml.safe_load(builtin_profiles()["eu27"].read_text(encoding="utf-8"))
        documents["profile.yaml"] = profile
    with tempfile.TemporaryDirectory() as folder:
        for name, document in documents.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                json.dumps(followed_by(document, hostile), ensure_ascii=False, default=str), encoding="utf-8"
            )
        return ostra.open(folder).assess("semiconductors", home="EU27", year=YEAR)


def followed_by(part: Any, more: str, key: str = "") -> Any:
    """A part of the dossier, in which all that is written in somebody's words is followed by these."""
    if isinstance(part, dict):
        return {name: followed_by(inner, more, name) for name, inner in part.items()}
    if isinstance(part, list):
        return [followed_by(inner, more, key) for inner in part]
    return f"{part.rstrip('.')}{more}"[:LONGEST] if more and key in TEXTS else part

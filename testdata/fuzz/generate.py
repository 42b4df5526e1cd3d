#!/usr/bin/env python3
"""Writes the hostile scenario texts of this folder anew. With an argument, it writes the large ones into that folder."""
import pathlib
import sys

PARTY = 'part: "314300017"\nnavn: LITEN BLÅ TIGER AS\n'


def interest(count):
    """Interest claims on one principal, and as many payments of it."""
    claims = "".join(
        f" - {{ kravidentifikator: r{i}, kravtype: FORSINKRENTE, hovedstolKravidentifikator: k,"
        f" opprettelsesdatoForKrav: 2026-01-01, forfallsdato: 2026-02-01 }}\n"
        for i in range(count)
    )
    payments = "".join(
        f" - {{ innbetalingsidentifikator: p{i}, innbetalingsdato: 2025-06-02, plassert: [{{ krav: k, beloep: 1 }}] }}\n"
        for i in range(count)
    )
    return (
        PARTY
        + "krav:\n - { kravidentifikator: k, kravtype: RESTSKATT, forfallsdato: 2025-01-01, opprinneligBeloep: 10000000 }\n"
        + claims
        + "innbetalinger:\n"
        + payments
    )


def warnings(count):
    """Claims that are created long after they are due."""
    return PARTY + "krav:\n" + "".join(
        f" - {{ kravidentifikator: k{i}, kravtype: RESTSKATT, forfallsdato: 2026-01-01,"
        f" opprettelsesdatoForKrav: 2026-06-01, opprinneligBeloep: 1 }}\n"
        for i in range(count)
    )


def anchors(count):
    return PARTY + "tull:\n" + "".join(f" - &a{i} x\n" for i in range(count))


def unknown_references(count):
    payments = "".join(
        f" - {{ innbetalingsidentifikator: p{i}, innbetalingsdato: 2025-06-02, plassert: [{{ krav: nei{i} }}] }}\n"
        for i in range(count)
    )
    claims = "".join(
        f" - {{ kravidentifikator: ja{i}, kravtype: RESTSKATT, forfallsdato: 2025-01-01, opprinneligBeloep: 1 }}\n"
        for i in range(count)
    )
    return PARTY + "innbetalinger:\n" + payments + "krav:\n" + claims


def series(count):
    return PARTY + "kravserier:\n" + "".join(
        f" - {{ antall: 100000, kravidentifikator: S{i}-000000, kravtype: RESTSKATT, foersteForfallsdato: 2026-01-01,"
        f" steg: 1d, perForfall: 100, beloepFra: 1, beloepTil: 9 }}\n"
        for i in range(count)
    )


INSTALMENT = (
    "{ opprinneligBeloep: 1, forfallsdato: i dag, betalingsinformasjon: { konto: { bankinformasjon: a,"
    " kontoeiersNavn: a, kontonummer: 1, iban: a, swiftBIC: a } } }"
)

SMALL = {
    "nesting-block": PARTY + "tull:\n " + "- " * 4250 + "x\n",
    "nesting-block-at-the-top": "- " * 4250 + "x\n",
    "nesting-flow": PARTY + "tull: " + "[" * 5000 + "]" * 5000 + "\n",
    "nesting-flow-maps": PARTY + "tull: " + "{a: " * 3000 + "x" + "}" * 3000 + "\n",
    "nesting-flow-comments": PARTY + "tull:\n" + "  [ # ]\n" * 4000,
    "nesting-maps": PARTY + "tull:\n" + "".join(" " * (i + 1) + "a:\n" for i in range(250)),
    "nesting-mixed": PARTY + "tull:\n " + "- ? " * 3000 + "x\n",
    "nesting-other-line-breaks": PARTY + "tull: #\u2028" + "[ #]\u2028" * 3000,
    "aliases": PARTY
    + "krav:\n - kravidentifikator: a0\n   kravtype: RESTSKATT\n   forfall: &f [ &i "
    + INSTALMENT
    + ", *i" * 4500
    + " ]\n"
    + "".join(f" - {{ kravidentifikator: a{i}, kravtype: RESTSKATT, forfall: *f }}\n" for i in range(1, 300)),
    "aliases-with-names-used-again": PARTY
    + "krav:\n - &a { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag, opprinneligBeloep: 1 }\n"
    + " - &a { kravidentifikator: b, kravtype: RESTSKATT, forfallsdato: i dag, opprinneligBeloep: 1 }\n"
    + " - &b { kravidentifikator: c, kravtype: RESTSKATT, forfall: [ "
    + "{ opprinneligBeloep: 1, forfallsdato: i dag }, " * 100
    + "] }\n"
    + " - *a\n" * 3000,
    "anchors": anchors(2500),
    "warnings": warnings(200),
    "series": series(2),
    "interest": interest(150),
    "placements": PARTY
    + "krav:\n - kravidentifikator: k\n   kravtype: RESTSKATT\n   forfall: [ &i "
    + "{ opprinneligBeloep: 1, forfallsdato: i dag }"
    + ", *i" * 2000
    + " ]\ninnbetalinger:\n - innbetalingsidentifikator: p\n   innbetalingsdato: i dag\n   plassert: [ &p { krav: k }"
    + ", *p" * 2000
    + " ]\n",
    "periods": PARTY
    + "trekkpaalegg:\n - skyldner: \"01827020008\"\n   hendelser:\n"
    + "".join(f"    - {{ opprettet: i dag, fra: i dag + {i + 1}d, prosent: 1 }}\n" for i in range(650)),
    "path-absolute": PARTY + "svar: [{ paa: kravogbetalinger/aapnekrav, fil: /proc/self/environ }]\n",
    "path-upwards": PARTY + "svar: [{ paa: kravogbetalinger/aapnekrav, fil: ../../../../proc/self/environ }]\n",
    "long-words": PARTY + "x" * 1_000 + ": 1\nkrav: [{ kravidentifikator: a, kravtype: " + "y" * 15_000 + " }]\n",
}

LARGE = {
    "anchors": anchors(100_000),
    "warnings": warnings(10_000),
    "interest": interest(20_000),
    "unknown-references": unknown_references(4_000),
    "nesting": PARTY + "tull:\n " + "- " * 200_000 + "x\n",
}

if __name__ == "__main__":
    here = pathlib.Path(__file__).parent / "scenario"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
    for name, text in (SMALL if folder == here else LARGE).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")

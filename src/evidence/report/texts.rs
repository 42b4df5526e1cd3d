//! The texts of reports, in both languages.

use crate::catalogue::Label;
use crate::evidence::text::Text;
use crate::faults::Cause;

/// How a cause is told.
pub(super) const fn cause(cause: Cause) -> Text {
    match cause {
        Cause::Natural => Text::new("tjenesten selv", "the service itself"),
        Cause::Header => Text::new("header", "header"),
        Cause::BaseUrl => Text::new("base-URL", "base URL"),
        Cause::Rule => Text::new("regel", "rule"),
        Cause::Scenario => Text::new("scenario", "scenario"),
        Cause::ReservedNumber => Text::new("reservert nummer", "reserved number"),
        Cause::RefusedModifier => Text::new("ønsket ble avvist", "the modifier was refused"),
        Cause::RefusedRequest => Text::new("kallet ble ikke tatt imot", "the request was not taken"),
    }
}

pub(super) const TITLE: Text = Text::new("Testrapport", "Test report");
pub(super) const SUBTITLE: Text = Text::new(
    "Integrasjon mot Skatteetatens innkrevingstjenester, prøvd mot innkreving-sandbox",
    "Integration with Skatteetaten's collection services, tested against innkreving-sandbox",
);
pub(super) const NOT_SAID: Text = Text::new("ikke oppgitt", "not given");
pub(super) const SUPPLIER: Text = Text::new("Leverandør", "Supplier");
pub(super) const SYSTEM: Text = Text::new("System", "System");
pub(super) const VERSION: Text = Text::new("Versjon", "Version");
pub(super) const SANDBOX: Text = Text::new("Sandkasse", "Sandbox");
pub(super) const PERIOD: Text = Text::new("Tidsrom", "Period");
pub(super) const SESSIONS: Text = Text::new("Økter", "Sessions");
pub(super) const MADE: Text = Text::new("Rapporten laget", "Report made");
pub(super) const SERVICES: Text = Text::new("Tjenester", "Services");
pub(super) const CALLS: Text = Text::new("kall", "calls");
pub(super) const GOOD: Text = Text::new("vellykket", "succeeded");
pub(super) const REFUSED: Text = Text::new("avvist (4xx)", "refused (4xx)");
pub(super) const FAILED: Text = Text::new("feilet (5xx)", "failed (5xx)");
pub(super) const UNANSWERED: Text = Text::new("uten svar", "without an answer");
pub(super) const ON_DEMAND: Text = Text::new("på bestilling", "on demand");
pub(super) const CHECKLIST: Text = Text::new("Sjekkliste for leverandører", "Checklist for suppliers");
pub(super) const CHECKLIST_ABOUT: Text = Text::new(
    "Punktene i sjekklisten Skatteetaten har publisert for leverandører, med egne ord. Sandkassen viser det den så.",
    "The points of the checklist that Skatteetaten has published for suppliers, in other words. The sandbox shows what it saw.",
);
pub(super) const SEEN: Text = Text::new("Sett", "Seen");
pub(super) const IN_PART: Text = Text::new("Delvis", "In part");
pub(super) const NOT_SEEN: Text = Text::new("Ikke sett", "Not seen");
pub(super) const OUTSIDE: Text = Text::new("Utenfor", "Outside");
pub(super) const FINDINGS: Text = Text::new("Klientens oppførsel", "How the client behaved");
pub(super) const NO_FINDINGS: Text = Text::new(
    "Ingenting å bemerke: ingen av de kjente feilene ble funnet i journalen.",
    "Nothing to remark: none of the known faults was found in the journal.",
);
pub(super) const GOOD_CLIENT: Text = Text::new("En god klient:", "A good client:");
pub(super) const SOURCE: Text = Text::new("Kilde:", "Source:");
pub(super) const SHOWN_BY: Text = Text::new("Vist av", "Shown by");
pub(super) const COVERAGE: Text = Text::new("Dekning", "Coverage");
pub(super) const COVERAGE_ABOUT: Text = Text::new(
    "Hver rute er noe som kan prøves: svar, kode, regel, token, part, sakstilstand, feil på linja, drift. Fylt rute: prøvd. \
     Halvfylt: bare på bestilling. Tom: ikke prøvd.",
    "Each square is something that can be tried: an answer, a code, a rule, a token, a party, a state of a case, a fault on \
     the wire, a drift. Full: tried. Half: on demand only. Empty: not tried.",
);
pub(super) const NOT_USED: Text = Text::new("Ikke brukt i denne kjøringen:", "Not used in this run:");
pub(super) const OF: Text = Text::new("av", "of");
pub(super) const EXPECTATIONS: Text = Text::new("Forventninger", "Expectations");
pub(super) const EXPECTATIONS_ABOUT: Text = Text::new(
    "Det testene ba sandkassen om å se etter (verify), og hva den fant.",
    "What the tests asked the sandbox to look for (verify), and what it found.",
);
pub(super) const PASSED: Text = Text::new("Oppfylt", "Met");
pub(super) const NOT_PASSED: Text = Text::new("Ikke oppfylt", "Not met");
pub(super) const FIDELITY: Text = Text::new("Hvor sikre svarene er", "How sure the answers are");
pub(super) const FIDELITY_ABOUT: Text = Text::new(
    "Hvert svar har den svakeste merkelappen av det det bygger på. Navnene står i docs/fidelity.md i sandkassen.",
    "Each answer has the weakest label of what it leans on. The names are those of the sandbox's docs/fidelity.md.",
);
pub(super) const LINE: Text = Text::new("Bygger på", "Leans on");
pub(super) const LEANING_TESTS: Text =
    Text::new("Tester som bygger på noe valgt:", "Tests that lean on something chosen:");
pub(super) const OTHER_LINES: Text = Text::new("og flere", "and others");
pub(super) const TESTS: Text = Text::new("Tester og kall", "Tests and calls");
pub(super) const NO_TEST: Text = Text::new("Kall uten testnavn", "Calls that name no test");
pub(super) const ASKED: Text = Text::new("Bestilt", "Asked for");
pub(super) const CAME: Text = Text::new("Svar", "Answer");
pub(super) const TIME: Text = Text::new("Tid", "Time");
pub(super) const CALL: Text = Text::new("Kall", "Call");
pub(super) const TOOK: Text = Text::new("ms", "ms");
pub(super) const NO_ANSWER: Text = Text::new("uten svar", "none");
pub(super) const NATURAL: Text = Text::new("–", "–");
pub(super) const CUT: Text = Text::new(
    "Flere kall enn en rapport viser; resten står i journalen.",
    "There are more calls than a report shows; the others are in the journal.",
);
pub(super) const DROPPED: Text = Text::new(
    "Eldre kall er ikke med, fordi journalen er full (--journal). Dekningen har dem med.",
    "Older calls are missing, because the journal was full (--journal). The coverage has them.",
);
pub(super) const ABOUT: Text = Text::new("Hva dette viser, og ikke viser", "What this shows, and what it does not");
pub(super) const ABOUT_TEXTS: [Text; 4] = [
    Text::new(
        "innkreving-sandbox er en uavhengig etterligning av tjenestene, ikke Skatteetatens testmiljø. Data er syntetiske.",
        "innkreving-sandbox is an independent stand-in for the services, not Skatteetaten's test environment. Its data are synthetic.",
    ),
    Text::new(
        "Publisert: står i et offentlig dokument fra tjenesteeieren. Observert: sett i en ekte klient eller i offentlige data. Valgt: sandkassens eget valg.",
        "Published: it stands in a public document of the service owner. Observed: seen in a real client or in public data. Chosen: the sandbox's own decision.",
    ),
    Text::new(
        "Rapporten bygger på kallene som sandkassen så. Den sier ingenting om kode som ikke kalte den.",
        "The report is made from the calls that the sandbox saw. It says nothing of code that did not call it.",
    ),
    Text::new(
        "Tokens, hemmeligheter og ekte personnumre er maskert.",
        "Tokens, secrets and real personal numbers are masked.",
    ),
];
pub(super) const HASH: Text = Text::new(
    "SHA-256 av journalen (GET /sandbox/journal), så det kan ses at den er hel:",
    "SHA-256 of the journal (GET /sandbox/journal), so that it can be seen to be whole:",
);

pub(super) const FLOW: Text =
    Text::new("Kjør hele flyten: oppslag og innsending.", "Run the whole flow: look-ups and submissions.");
pub(super) const ERRORS: Text = Text::new("Prøv feilhåndteringen.", "Try the error handling.");
pub(super) const VALIDATION: Text =
    Text::new("Prøv valideringen av det som sendes.", "Try the validation of what is sent.");
pub(super) const LOGGED: Text = Text::new("Logg testresultatene.", "Log the test results.");
pub(super) const SUMMED: Text = Text::new("Oppsummer testkjøringen.", "Sum up the test run.");
pub(super) const DOCUMENTED: Text = Text::new("Dokumenter integrasjonen.", "Document the integration.");
pub(super) const SENT: Text =
    Text::new("Send oppsummeringen når Skatteetaten ber om den.", "Send the summary when Skatteetaten asks for it.");
pub(super) const ENDPOINTS_ANSWERED: Text = Text::new("endepunkter med vellykket svar", "endpoints with a success");
pub(super) const CODES_MET: Text = Text::new("koder og feil på linja møtt", "codes and faults on the wire met");
pub(super) const CHECKS_FAILED: Text =
    Text::new("koder og regler for det som ble sendt", "codes and rules about what was sent");
pub(super) const CALLS_LOGGED: Text = Text::new("kall i journalen", "calls in the journal");
pub(super) const THIS_REPORT: Text = Text::new("denne rapporten", "this report");
pub(super) const OUTSIDE_ABOUT: Text = Text::new("Sandkassen kan ikke se det.", "The sandbox cannot see it.");

/// The word for a label.
pub(super) const fn label(label: Label) -> Text {
    match label {
        Label::Published => Text::new("publisert", "published"),
        Label::Observed => Text::new("observert", "observed"),
        Label::Chosen => Text::new("valgt", "chosen"),
    }
}

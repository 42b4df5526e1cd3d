//! The contract of Trekkpålegg.

use serde_json::{Value, json};

use super::view::TrekkpaaleggView;
use super::{LISTE, SERVICE, VERSJON};
use crate::services::openapi::{self, Operation, Schemas};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let order = schemas.of::<TrekkpaaleggView<'static>>();
    let operations = vec![
        Operation {
            endpoint: LISTE.name,
            id: "hentTrekkpaalegg",
            summary: "The newest version of every order of the employer, by rising sequence number",
            answer: json!({ "type": "array", "items": order.clone() }),
        },
        Operation { endpoint: VERSJON.name, id: "hentTrekkversjon", summary: "A version of an order", answer: order },
    ];
    let about = "Orders to an employer to deduct from pay, as innkreving-sandbox serves them. The employer is that of the \
        token: its organisation, or the customer of its systembruker. Where as many orders come as maksAntall says, ask \
        again from the greatest sekvensnummer. New fields come without notice, so read tolerantly.";
    openapi::document(&SERVICE, about, operations, schemas, |definitions| {
        // Exactly one of an amount and a percentage.
        let one = json!([{ "required": ["trekkbeloep"] }, { "required": ["trekkprosent"] }]);
        definitions["TrekkstoerrelseForPeriode"]["oneOf"] = one;
    })
}

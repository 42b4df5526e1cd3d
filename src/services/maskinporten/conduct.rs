//! How a client asks for tokens.

use super::SERVICE;
use crate::evidence::conduct::{Calls, Conduct, Hit};
use crate::evidence::text::Text;

pub(super) static ALL: &[Conduct] = &[Conduct {
    name: "wrong-audience",
    title: Text::new("Ba om token med feil aud", "Asked for a token with a wrong aud"),
    good: Text::new(
        "La aud være utstederen i det miljøet som kalles, slik den står i metadata-dokumentet.",
        "Let aud be the issuer of the environment that is called, as its discovery document says.",
    ),
    source: "published: MP-110 (Maskinporten)",
    judge: wrong_audience,
}];

fn wrong_audience(calls: &Calls<'_>) -> Vec<Hit> {
    let wrong = calls
        .of(SERVICE.name)
        .into_iter()
        .filter(|call| call.code == Some("MP-110") && call.cause == crate::faults::Cause::Natural);
    wrong.map(|call| Hit { calls: vec![call.number], figures: "MP-110".to_owned() }).collect()
}

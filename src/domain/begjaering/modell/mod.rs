//! The model of a request: 2.0 whole, and what 1.1 and 0.9 have besides (`utgaver`).
//! Imitates docs/fidelity.md, "Utleggsbegjæring: the request".

mod koder;
mod krav;
mod parter;
mod rot;
mod tvangsgrunnlag;
mod verdier;

pub use koder::*;
pub use krav::*;
pub use parter::*;
pub use rot::*;
pub use tvangsgrunnlag::*;
pub use verdier::*;

//! stand-in
pub mod domain;

//! A stand-in for Skatteetaten's collection services.
//!
//! The binary is the product; this library is what it is made of, and what a Rust test can start:
//! see [`Sandbox`]. ARCHITECTURE.md shows the way through the rooms.

mod access;
mod catalogue;
pub mod cli;
mod config;
mod control;
pub mod domain;
mod inject;
mod pipeline;
mod router;
mod sandbox;
pub mod scenario;
mod server;
mod services;
mod session;

pub use sandbox::{Sandbox, SandboxBuilder, StartError};

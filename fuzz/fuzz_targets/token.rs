//! Token → explain.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| innkreving_sandbox::fuzzing::token(bytes));

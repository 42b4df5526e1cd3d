//! Body of a request for enforcement → rules.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| innkreving_sandbox::fuzzing::begjaering(bytes));

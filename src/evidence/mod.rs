//! What a test run shows: whether it did what was expected, how the client behaved, and a report of it all. Everything here
//! is worked out from the entries of journals and from coverage, and changes nothing.

pub(crate) mod conduct;
pub(crate) mod har;
pub(crate) mod junit;
pub(crate) mod report;
pub(crate) mod text;
pub(crate) mod verify;

//! The binary: parse the command line, hand over.

/// Gives memory back after a peak. The allocator of the system keeps most of it (docs/performance.md). It
/// does not build for Windows.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    innkreving_sandbox::cli::main()
}

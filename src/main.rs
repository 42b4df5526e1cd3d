//! The binary: parse the command line, hand over.

fn main() -> std::process::ExitCode {
    innkreving_sandbox::cli::main()
}

//! The one binary: everything is in the library.

/// Takes a tenth less of the processor than the system's, and gives memory back: `docs/adr/0028`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    godwit::cli::run()
}

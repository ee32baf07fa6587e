//! The portal, as one program.

/// Writing a page makes thousands of small pieces, which the system's allocator spends a third of the time on.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    collectief::command::run()
}

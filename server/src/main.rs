//! The portal, as one program.

fn main() -> std::process::ExitCode {
    collectief::command::run()
}

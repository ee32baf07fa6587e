//! Folders that hold what only the operator may read.

use std::{fs, io, path::Path};

/// Makes a folder, and those around it, for this user alone; one that is there stays as it is.
///
/// # Errors
/// When the system refuses.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

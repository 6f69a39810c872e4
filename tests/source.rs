//! The project's own source files, found by walking the folders that hold them.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the repository starts.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

/// Every file under `folder` (relative to the root) that `wanted` picks, sorted, leaving out what tools put there.
pub fn files(folder: &str, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let tools = ["target", "node_modules", "data", ".git", ".venv", "dist", "generated"];
            if path.is_symlink() || tools.contains(&&*name) {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file under `folder`.
pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    files(folder, |path| extension(path) == "rs")
}

/// The part of the name after the last dot, or nothing.
pub fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// The path as a reader of the repository would write it.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The file's text.
pub fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", shown(path)))
}

/// The file's syntax.
pub fn syntax(path: &Path) -> syn::File {
    syn::parse_file(&text(path)).unwrap_or_else(|e| panic!("{}: {e}", shown(path)))
}

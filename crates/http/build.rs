//! Has the console embedded anew when it was built anew.

#[expect(clippy::print_stdout, reason = "this is how cargo is told")]
fn main() {
    println!("cargo::rerun-if-changed=../../console/dist");
}

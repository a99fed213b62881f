//! `cargo schema`: the command.

fn main() {}

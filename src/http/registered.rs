//! Which routes there are, as the code that registers them says.

use crate::words::catalog::code_below;

/// Paths of the registrations that have both words in their line.
pub(super) fn paths(words: [&str; 2]) -> impl Iterator<Item = String> {
    let lines = code_below("src/http").into_iter().flat_map(move |(_, code)| {
        let configure = code.split_once("pub fn configure(").map_or("", |(_, rest)| rest);
        let body = configure.split_once("\n}\n").map_or(configure, |(body, _)| body);
        let lines = body.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        lines.map(str::to_owned).collect::<Vec<_>>()
    });
    lines.map(|line| line.split('"').nth(1).unwrap().to_owned())
}

# `just` alone lists these; each is a thin line over cargo.

_default:
    @just --list

# Format, lints, floors, licences.
check:
    cargo xtask check

# Which crate may use which.
walls:
    cargo xtask walls

# Rust's tests, of one crate or of all.
test crate="":
    cargo test {{ if crate == "" { "--workspace" } else { "-p " + crate } }}

# Everything CI runs.
ci:
    ./.ci/run

# Rewrite expected files, to be read in the diff.
bless:
    BLESS=1 cargo test --workspace

# Signals, questions and verdict of one message.
explain mail:
    cargo run --release -- explain {{ mail }}

# The sandbox organisation, protected, with the console in the browser.
up:
    cargo run --release -- demo

//! Goldens of the route: each `route/<what it shows>.eml` beside the way as it must be read, `.txt`. An
//! `.organisation` file, where there is one, says what is known of the organisation (`domain`, `network`, `host`).
//! `BLESS=1 cargo test -p message --test route` rewrites the goldens; read the difference before you commit it.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use message::organisation::Network;
use message::{Direction, Domain, Organisation, parse, route};

#[test]
fn the_way_is_read() {
    let mut wrong = Vec::new();
    for path in samples() {
        let found = describe(&path);
        let golden = path.with_extension("txt");
        if is_blessing() {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "not as the golden says:\n{}", wrong.join("\n"));
}

#[test]
fn whatever_is_cut_off_the_way_is_read() {
    for path in samples() {
        let bytes = fs::read(&path).unwrap();
        for length in (0..bytes.len()).step_by(37) {
            let message = parse(&bytes[..length]);
            let route = route::trace(&message, &Organisation::default());
            assert!(route.boundary.is_none_or(|at| at < route.hops.len()));
            Direction::of(&message, &route, &Organisation::default());
        }
    }
}

fn describe(path: &Path) -> String {
    let message = parse(&fs::read(path).unwrap());
    let organisation = organisation(&path.with_extension("organisation"));
    let way = route::trace(&message, &organisation);
    let direction = Direction::of(&message, &way, &organisation);
    route::describe(&way, &message.native, direction)
}

fn organisation(path: &Path) -> Organisation {
    let mut organisation = Organisation::default();
    for line in fs::read_to_string(path).unwrap_or_default().lines() {
        match line.split_once(' ').unwrap() {
            ("domain", domain) => organisation.domains.push(Domain::parse(domain).unwrap()),
            ("network", network) => organisation.gateways.push(Network::parse(network).unwrap()),
            ("host", host) => organisation.gateway_hosts.push(Domain::parse(host).unwrap()),
            (unknown, _) => panic!("{}: no such word: {unknown}", path.display()),
        }
    }
    organisation
}

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/route");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut samples: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    samples.sort();
    assert!(samples.len() >= 30, "the samples are there");
    samples
}

#[allow(clippy::disallowed_methods, reason = "blessing is asked for from outside")]
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

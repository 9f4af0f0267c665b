//! The way of messages, for reading by eye: `cargo run -p message --example route -- FILE…`.
#![allow(clippy::print_stdout, reason = "printing is what an example is for")]

use message::{Direction, Organisation, parse, route};

fn main() {
    for path in std::env::args().skip(1) {
        let message = parse(&std::fs::read(&path).expect("a readable file"));
        println!("## {path}");
        print!("{}", describe(&message, &Organisation::default()));
    }
}

/// The same text as the goldens of `tests/route`.
fn describe(message: &message::Message, organisation: &Organisation) -> String {
    let route = route::trace(message, organisation);
    let direction = Direction::of(message, &route, organisation);
    message::route::describe(&route, &message.native, direction)
}

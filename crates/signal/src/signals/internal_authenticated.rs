//! The provider itself vouches that a colleague wrote it.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "internal-authenticated",
    about: "The provider authenticated the sender as someone inside the organisation.",
    read,
    examples: &[
        hit(
            "mail between colleagues",
            "Received: from DB9PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6::1) by DB9PR01MB2.eurprd01.prod.exchangelabs.com (2603:10a6::2) with HTTPS; Mon, 3 Nov 2025 08:00:00 +0000\nX-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Exchange-Organization-AuthSource: DB9PR01MB1.eurprd01.prod.exchangelabs.com\nFrom: tom.okafor@harbour.example\nTo: mara.lindqvist@harbour.example\n\nLunch?",
        )
        .given(&[Given::Direction(Direction::Internal)]),
        miss("the same claim from outside", "X-MS-Exchange-Organization-AuthAs: Internal\nFrom: tom.okafor@harbour.example\nTo: mara.lindqvist@harbour.example\n\nLunch?"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let is_internal = evidence.direction == Direction::Internal && evidence.message.native.is_internal();
    told_once(
        is_internal.then(|| "the provider says that the sender signed in to the organisation".to_owned()),
    )
}

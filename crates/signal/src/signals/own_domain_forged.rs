//! The organisation's own domain as the sender, on mail from outside that nobody vouches for.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "own-domain-forged",
    about: "The message claims to come from the organisation's own domain, comes from outside and is not authenticated.",
    read,
    examples: &[
        hit(
            "a forged colleague",
            exchange!(
                "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=harbour.example; dkim=none (message not signed) header.d=none;dmarc=fail action=none header.from=harbour.example;compauth=fail reason=601\nFrom: tom.okafor@harbour.example\n\nHello"
            ),
        ),
        hit("the same when nobody can tell", "From: tom.okafor@harbour.example\n\nHello")
            .reads(Reads::Unknown),
        miss(
            "a service that sends for us, authenticated",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=mailer.example; dkim=pass (signature was verified) header.d=harbour.example;dmarc=pass action=none header.from=harbour.example;compauth=pass reason=100\nFrom: news@harbour.example\n\nHello"
            ),
        ),
        miss("another domain", "From: a@b.example\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author_address() else { return Reading::Absent };
    let claims = evidence.setting.organisation.domains.iter().any(|own| author.domain().is_within(own));
    if !is_inbound(evidence) || !claims {
        return Reading::Absent;
    }
    match standing(evidence) {
        Standing::Authenticated => Reading::Absent,
        Standing::NotAuthenticated => told(vec![format!(
            "it claims to be from {} and came from outside without authentication",
            author.domain()
        )]),
        Standing::Unknown => Reading::Unknown("nothing says whether the sender is authenticated".into()),
    }
}

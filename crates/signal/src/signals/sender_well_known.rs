//! A brand's own domain that stands for the message.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "sender-well-known",
    about: "The sender is a well-known brand at its own domain, and the domain stands for the message.",
    read,
    examples: &[
        hit(
            "a brand, authenticated",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=paypal.com; dkim=pass (signature was verified) header.d=paypal.com;dmarc=pass action=none header.from=paypal.com;compauth=pass reason=100\nFrom: service@paypal.com\n\nHello"
            ),
        ),
        miss(
            "a brand's domain, forged",
            exchange!(
                "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=paypal.com; dkim=none (message not signed) header.d=none;dmarc=fail action=oreject header.from=paypal.com;compauth=fail reason=000\nFrom: service@paypal.com\n\nHello"
            ),
        ),
        miss(
            "free mail of a brand",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=gmail.com; dkim=pass (signature was verified) header.d=gmail.com;dmarc=pass action=none header.from=gmail.com;compauth=pass reason=100\nFrom: x@gmail.com\n\nHello"
            ),
        ),
    ],
};

/// Where anybody writes under a brand's domain.
const SHARED: [&str; 5] =
    ["onmicrosoft.com", "sharepoint.com", "googlegroups.com", "amazonaws.com", "amazonses.com"];

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author_address() else { return Reading::Absent };
    let is_shared = SHARED.iter().any(|shared| author.domain().as_str().ends_with(shared));
    if !is_inbound(evidence)
        || is_shared
        || tables::is_free_mail(author.domain())
        || standing(evidence) != Standing::Authenticated
    {
        return Reading::Absent;
    }
    let brand = tables::brand_of(author.domain());
    told_once(
        brand.map(|brand| format!("{} is {}'s, and stands for the message", author.domain(), brand.name)),
    )
}

//! What stands behind a rewritten link.
//!
//! Gateways rewrite links to check them at the click; search engines and social networks send clicks on through
//! addresses of their own, which attackers use as open redirectors. One file per family of rewriters, each a table
//! of [`Unwrapper`]s: pure functions from the outer address to what it carries. They nest, so [`unwrap()`] goes on
//! until none of them knows the address, at most [`UNWRAP_MAX`] times.

mod barracuda;
mod check_point;
mod cisco;
mod fireeye;
mod google;
mod hornetsecurity;
mod microsoft;
mod mimecast;
mod param;
mod proofpoint;
mod redirect;
mod sophos;
mod symantec;
mod trend_micro;

use url::Url;

use super::{Known, Trick, read};
use crate::bounds::UNWRAP_MAX;

/// A service that puts its own address in front of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rewriter {
    Barracuda,
    BingClick,
    CheckPoint,
    Cisco,
    DereferMail,
    DoubleClick,
    DuckDuckGo,
    Facebook,
    FireEye,
    GoogleAmp,
    GoogleRedirect,
    GoogleTranslate,
    Hornetsecurity,
    LinkedIn,
    MicrosoftSafeLinks,
    Mimecast,
    Proofpoint,
    Slack,
    Sophos,
    Steam,
    Symantec,
    TrendMicro,
    Vk,
    Yahoo,
    YouTube,
}

/// Why a rewriter rewrites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// A security product that checks the target at the click.
    Protection,
    /// A service that sends clicks on, wherever the address says.
    Redirect,
}

impl Rewriter {
    /// The product, as people know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Barracuda => "Barracuda Link Protection",
            Self::BingClick => "Bing click tracking",
            Self::CheckPoint => "Check Point Harmony",
            Self::Cisco => "Cisco Secure Email",
            Self::DereferMail => "the mail.com/GMX/web.de dereferrer",
            Self::DoubleClick => "Google DoubleClick",
            Self::DuckDuckGo => "DuckDuckGo",
            Self::Facebook => "Facebook or Instagram",
            Self::FireEye => "FireEye (Trellix)",
            Self::GoogleAmp => "Google AMP",
            Self::GoogleRedirect => "the Google redirect page",
            Self::GoogleTranslate => "Google Translate",
            Self::Hornetsecurity => "Hornetsecurity",
            Self::LinkedIn => "LinkedIn",
            Self::MicrosoftSafeLinks => "Microsoft Safe Links",
            Self::Mimecast => "Mimecast",
            Self::Proofpoint => "Proofpoint URL Defense",
            Self::Slack => "Slack",
            Self::Sophos => "Sophos",
            Self::Steam => "Steam",
            Self::Symantec => "Symantec Click-time Protection",
            Self::TrendMicro => "Trend Micro",
            Self::Vk => "VK",
            Self::Yahoo => "Yahoo",
            Self::YouTube => "YouTube",
        }
    }

    /// Which family it belongs to.
    pub fn family(self) -> Family {
        match self {
            Self::Barracuda
            | Self::CheckPoint
            | Self::Cisco
            | Self::FireEye
            | Self::Hornetsecurity
            | Self::MicrosoftSafeLinks
            | Self::Mimecast
            | Self::Proofpoint
            | Self::Sophos
            | Self::Symantec
            | Self::TrendMicro => Family::Protection,
            Self::BingClick
            | Self::DereferMail
            | Self::DoubleClick
            | Self::DuckDuckGo
            | Self::Facebook
            | Self::GoogleAmp
            | Self::GoogleRedirect
            | Self::GoogleTranslate
            | Self::LinkedIn
            | Self::Slack
            | Self::Steam
            | Self::Vk
            | Self::Yahoo
            | Self::YouTube => Family::Redirect,
        }
    }
}

/// What an outer address carries.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Inner {
    /// The address behind it, as written there.
    Url(String),
    /// Only the host; the rest is the service's secret.
    Host(String),
    /// Nothing that can be read offline.
    Nothing,
}

/// An outer address: as the browser sees it, and as it was written (path decoding must see `/../` and `//`).
#[derive(Debug)]
struct Outer<'a> {
    url: &'a Url,
    host: &'a str,
    written: &'a str,
}

/// `None` when the address is not of that rewriter.
type Unwrapper = fn(&Outer<'_>) -> Option<Inner>;

const UNWRAPPERS: &[(Rewriter, Unwrapper)] = &[
    (Rewriter::Barracuda, barracuda::unwrap),
    (Rewriter::CheckPoint, check_point::unwrap),
    (Rewriter::Cisco, cisco::unwrap),
    (Rewriter::FireEye, fireeye::unwrap),
    (Rewriter::GoogleAmp, google::amp),
    (Rewriter::GoogleRedirect, google::redirect),
    (Rewriter::GoogleTranslate, google::translate),
    (Rewriter::DoubleClick, google::doubleclick),
    (Rewriter::YouTube, google::youtube),
    (Rewriter::Hornetsecurity, hornetsecurity::unwrap),
    (Rewriter::MicrosoftSafeLinks, microsoft::safe_links),
    (Rewriter::BingClick, microsoft::bing_click),
    (Rewriter::Mimecast, mimecast::unwrap),
    (Rewriter::Proofpoint, proofpoint::unwrap),
    (Rewriter::Sophos, sophos::unwrap),
    (Rewriter::Symantec, symantec::unwrap),
    (Rewriter::TrendMicro, trend_micro::unwrap),
    (Rewriter::DereferMail, redirect::derefer_mail),
    (Rewriter::DuckDuckGo, redirect::duckduckgo),
    (Rewriter::Facebook, redirect::facebook),
    (Rewriter::LinkedIn, redirect::linkedin),
    (Rewriter::Slack, redirect::slack),
    (Rewriter::Steam, redirect::steam),
    (Rewriter::Vk, redirect::vk),
    (Rewriter::Yahoo, redirect::yahoo),
];

/// An address with its rewriters taken off.
#[derive(Clone, Debug)]
pub struct Unwrapped {
    /// The address as written, read; `None` when nothing would open it.
    pub outer: Option<Url>,
    /// The innermost address.
    pub url: Option<Url>,
    pub known: Known,
    /// Outermost first.
    pub rewriters: Vec<Rewriter>,
    /// Of all layers; sorted, without repeats.
    pub tricks: Vec<Trick>,
}

/// Takes the rewriters off `written`. An inner form that nothing would open stays wrapped.
pub fn unwrap(written: &str) -> Unwrapped {
    let read::Reading { url, mut tricks } = read::read(written);
    let mut unwrapped =
        Unwrapped { outer: url.clone(), url, known: Known::Whole, rewriters: Vec::new(), tricks: Vec::new() };
    let mut written = read::cut(written).trim().to_owned();
    while unwrapped.known == Known::Whole && unwrapped.rewriters.len() < UNWRAP_MAX {
        let Some((rewriter, inner)) = unwrapped.url.as_ref().and_then(|url| layer(url, &written)) else {
            break;
        };
        let (inner, known) = match inner {
            Inner::Url(inner) => (inner, Known::Whole),
            Inner::Host(host) => (format!("https://{host}/"), Known::HostOnly),
            Inner::Nothing => {
                unwrapped.rewriters.push(rewriter);
                unwrapped.known = Known::Nothing;
                break;
            }
        };
        let reading = read::read(&inner);
        if reading.url.is_none() {
            break;
        }
        tricks.extend(reading.tricks);
        unwrapped.rewriters.push(rewriter);
        unwrapped.known = known;
        unwrapped.url = reading.url;
        written = inner;
    }
    tricks.sort_unstable();
    tricks.dedup();
    unwrapped.tricks = tricks;
    unwrapped
}

fn layer(url: &Url, written: &str) -> Option<(Rewriter, Inner)> {
    let host = url.host_str()?;
    let outer = Outer { url, host, written };
    UNWRAPPERS.iter().find_map(|(rewriter, unwrapper)| Some((*rewriter, unwrapper(&outer)?)))
}

impl Outer<'_> {
    /// Whether the host is `name` or lies below it.
    fn is_at(&self, name: &str) -> bool {
        self.host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The value of the query parameter `name`, percent-decoded once; `None` when absent or empty.
    fn param(&self, name: &str) -> Option<String> {
        param::decoded(self.url.query()?, name)
    }

    /// The address in the query parameter `name`.
    fn url_in(&self, name: &str) -> Option<Inner> {
        self.param(name).map(Inner::Url)
    }
}

#[cfg(test)]
mod tests;

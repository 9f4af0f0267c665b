//! What everybody knows and mail does not say: brands and their domains, free mail, shorteners, free hosts. Small files
//! written by hand, one entry a line, `#` for remarks.

use std::collections::HashSet;
use std::sync::LazyLock;

use message::{Domain, Link};

use crate::lookalike::{Likeness, Look, shape};
use crate::words::Said;

/// A widely imitated sender.
#[derive(Clone, Debug)]
pub struct Brand {
    /// As people write it.
    pub name: &'static str,
    /// Ways of naming it, as the words of [`Said`].
    pub aliases: Vec<Vec<Box<str>>>,
    /// Where its mail comes from and its links go to; subdomains included.
    pub domains: Vec<Domain>,
    /// Names looked for in other domains: the registrable labels of its domains that are names rather than words.
    pub labels: Vec<String>,
    /// How its domains look whose label is one of `labels`.
    looks: Vec<Look>,
    /// How its longer aliases look, word by word.
    alias_shapes: Vec<Vec<String>>,
}

/// Letters from which on an alias is recognised by its look: shorter ones look like too much else.
const ALIAS_CHARS_MIN: usize = 6;

impl Brand {
    /// Whether `domain` is the brand's, or below one.
    pub fn owns(&self, domain: &Domain) -> bool {
        self.domains.iter().any(|own| domain.is_within(own))
    }

    /// Whether one of its names stands in `said`.
    pub fn is_named_in(&self, said: &Said) -> bool {
        self.aliases
            .iter()
            .any(|alias| said.words().windows(alias.len()).any(|words| words == alias.as_slice()))
    }
}

static BRANDS: LazyLock<Vec<Brand>> =
    LazyLock::new(|| lines(include_str!("brands.txt")).filter_map(brand).collect());
static FREE_MAIL: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("free_mail.txt")).collect());
static SHORTENERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| lines(include_str!("shorteners.txt")).collect());
static FREE_HOSTS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    lines(include_str!("free_hosts.txt"))
        .map(|line| line.find('/').map_or((line, ""), |at| line.split_at(at)))
        .collect()
});

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `Name; alias, alias; domain domain`; an exclamation mark before a domain says that its label is a common word and must
/// not be looked for in others.
fn brand(line: &'static str) -> Option<Brand> {
    let mut fields = line.split(';').map(str::trim);
    let (name, aliases, domains) = (fields.next()?, fields.next()?, fields.next()?);
    let aliases: Vec<Vec<Box<str>>> = aliases
        .split(',')
        .map(|alias| Said::text(alias).words().to_vec())
        .filter(|alias| !alias.is_empty())
        .collect();
    let mut labels: Vec<String> = domains
        .split_whitespace()
        .filter(|domain| !domain.starts_with('!'))
        .filter_map(|domain| domain.split('.').next())
        .map(str::to_owned)
        .collect();
    labels.sort();
    labels.dedup();
    let domains: Vec<Domain> = domains
        .split_whitespace()
        .filter_map(|domain| Domain::parse(domain.trim_start_matches('!')))
        .collect();
    let is_distinct = |domain: &&Domain| {
        domain.as_str().split('.').next().is_some_and(|label| labels.iter().any(|kept| kept == label))
    };
    let looks = domains.iter().filter(is_distinct).map(Look::of).collect();
    let alias_shapes = aliases.iter().filter(|alias| is_long(alias)).map(|alias| shapes(alias)).collect();
    Some(Brand { name, aliases, domains, labels, looks, alias_shapes })
}

fn is_long(alias: &[Box<str>]) -> bool {
    alias.iter().map(|word| word.chars().count()).sum::<usize>() >= ALIAS_CHARS_MIN
}

fn shapes(alias: &[Box<str>]) -> Vec<String> {
    alias.iter().map(|word| shape(word)).collect()
}

/// All brands of the table.
pub fn brands() -> &'static [Brand] {
    &BRANDS
}

/// The brand that owns `domain`.
pub fn brand_of(domain: &Domain) -> Option<&'static Brand> {
    BRANDS.iter().find(|brand| brand.owns(domain))
}

/// The brand whose name `domain` borrows, and how. `None` for domains that belong to a brand.
pub fn imitated_brand(domain: &Domain) -> Option<(&'static Brand, Likeness)> {
    if brand_of(domain).is_some() {
        return None;
    }
    let look = Look::of(domain);
    BRANDS.iter().find_map(|brand| Some((brand, likeness_to(&look, brand)?)))
}

fn likeness_to(look: &Look, brand: &Brand) -> Option<Likeness> {
    let likeness = brand.looks.iter().filter_map(|own| look.likeness(own));
    // The same name under another suffix is mostly the same company elsewhere.
    likeness.filter(|likeness| *likeness != Likeness::OtherSuffix).min()
}

/// Whether anyone can have an address there.
pub fn is_free_mail(domain: &Domain) -> bool {
    FREE_MAIL.contains(domain.as_str()) || FREE_MAIL.contains(domain.organisational().as_str())
}

/// Whether links there lead somewhere else.
pub fn is_shortener(domain: &Domain) -> bool {
    let name = domain.as_str();
    SHORTENERS.contains(name.strip_prefix("www.").unwrap_or(name))
}

/// The service where anyone can put the page that `link` leads to.
pub fn free_host(link: &Link) -> Option<&'static str> {
    let host = link.host.as_ref()?;
    let path = link.path_and_query();
    FREE_HOSTS
        .iter()
        .find(|(suffix, start)| {
            let is_there =
                host.as_str().strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            is_there && path.starts_with(start)
        })
        .map(|(suffix, _)| *suffix)
}

/// Whether `text`, as it looks, has the name of a brand as a word or in a longer word.
pub fn brand_named(text: &str) -> Option<&'static Brand> {
    let said = Said::text(text);
    let shaped = Said::text(&shape(text));
    BRANDS.iter().find(|brand| {
        brand.is_named_in(&said)
            || brand.alias_shapes.iter().any(|looks| {
                shaped
                    .words()
                    .windows(looks.len())
                    .any(|words| words.iter().map(|word| &**word).eq(looks.iter().map(String::as_str)))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        let brand_lines = lines(include_str!("brands.txt")).count();
        assert_eq!(BRANDS.len(), brand_lines);
        for brand in brands() {
            assert!(!brand.aliases.is_empty() && !brand.domains.is_empty(), "{}", brand.name);
        }
        for name in
            FREE_MAIL.iter().chain(SHORTENERS.iter()).copied().chain(FREE_HOSTS.iter().map(|(host, _)| *host))
        {
            assert_eq!(Domain::parse(name).as_ref().map(Domain::as_str), Some(name));
        }
    }

    #[test]
    fn no_brand_is_taken_for_an_imitation_of_another() {
        for domain in brands().iter().flat_map(|brand| &brand.domains) {
            assert!(imitated_brand(domain).is_none(), "{domain}");
        }
    }
}

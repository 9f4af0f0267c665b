//! Address lists (RFC 5322 §3.4), from what mail really holds: unquoted commas, names with `@`, groups, nothing.

use crate::{Address, NamedAddress};

use super::encoded_word;

/// Addresses kept of one field; Exchange Online's limit is 1,000 recipients.
pub(crate) const ADDRESSES_MAX: usize = 5_000;

/// Reads an address list as written (not RFC 2047 decoded). Group names go, their members stay (RFC 5322 §3.4).
pub fn parse(list: &str) -> Vec<NamedAddress> {
    let mut addresses = Vec::new();
    let mut entry = Entry::default();
    let mut characters = list.chars().peekable();
    while let Some(character) = characters.next() {
        match entry.place {
            Place::Quote => match character {
                '\\' => entry.push(characters.next().unwrap_or('\\')),
                '"' => entry.close_quote(),
                other => entry.push(other),
            },
            Place::Comment(depth) => match character {
                '\\' => entry.comment.extend(characters.next()),
                '(' => entry.place = Place::Comment(depth + 1),
                ')' => entry.close_comment(depth),
                other => entry.comment.push(other),
            },
            Place::Angle => match character {
                '>' => entry.place = Place::Name,
                '<' => entry.angle.clear(),
                // An angle that never closes must not swallow the rest of the list.
                ',' if entry.angle.contains('@') && !entry.angle.starts_with('@') => {
                    entry.end(&mut addresses)
                }
                other => entry.angle.push(other),
            },
            Place::Name => match character {
                '"' => entry.open_quote(),
                '(' => entry.place = Place::Comment(1),
                '<' => entry.open_angle(),
                ',' | ';' => entry.end(&mut addresses),
                ':' if !entry.name.contains('@') => entry.name.clear(),
                other => entry.push(other),
            },
        }
        if addresses.len() == ADDRESSES_MAX {
            return addresses;
        }
    }
    entry.end(&mut addresses);
    addresses
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Name,
    Quote,
    Comment(usize),
    Angle,
}

/// One entry as far as it has been read.
#[derive(Default)]
struct Entry {
    place: Place,
    name: String,
    /// Whether any part of the name stood in quotes.
    quoted: bool,
    comment: String,
    angle: String,
    has_angle: bool,
}

impl Entry {
    fn push(&mut self, character: char) {
        self.name.push(character);
    }

    fn open_quote(&mut self) {
        self.place = Place::Quote;
        self.quoted = true;
    }

    fn close_quote(&mut self) {
        self.place = Place::Name;
    }

    fn close_comment(&mut self, depth: usize) {
        self.place = if depth == 1 { Place::Name } else { Place::Comment(depth - 1) };
    }

    fn open_angle(&mut self) {
        self.place = Place::Angle;
        if self.has_angle {
            // `<a@example.com> <b@example.com>`: the last one is where clients reply to.
            self.name.push_str(&self.angle);
            self.angle.clear();
        }
        self.has_angle = true;
    }

    /// Takes the entry down, unless nothing stands there.
    fn end(&mut self, addresses: &mut Vec<NamedAddress>) {
        let entry = std::mem::take(self);
        let name = entry.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() && entry.angle.trim().is_empty() {
            return;
        }
        addresses.push(if entry.has_angle { entry.with_angle(&name) } else { entry.bare(&name) });
    }

    fn with_angle(&self, name: &str) -> NamedAddress {
        // A source route (RFC 5322 §4.4) stands before the address: `<@hop.example:ann@example.com>`.
        let route_end = self.angle.rfind(':').filter(|_| self.angle.starts_with('@'));
        let written = route_end.map_or(self.angle.as_str(), |end| &self.angle[end + 1..]).trim();
        let shown = if name.is_empty() { self.comment.as_str() } else { name };
        named(shown, written)
    }

    fn bare(&self, name: &str) -> NamedAddress {
        let unspaced = name.replace(' ', "");
        match (self.quoted || Address::parse(name).is_some(), Address::parse(&unspaced)) {
            (false, Some(_)) => named(&self.comment, &unspaced),
            (true, _) | (false, None) => named(&self.comment, name),
        }
    }
}

fn named(name: &str, written: &str) -> NamedAddress {
    let written = encoded_word::decode(written);
    let name = encoded_word::decode(name);
    let name = name.trim().trim_matches(['"', '\'']).trim();
    NamedAddress { name: one_line(name), address: Address::parse(&written), written: one_line(&written) }
}

fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name|address or !written`, joined by a comma.
    fn shown(list: &str) -> String {
        let entry = |entry: NamedAddress| match entry.address {
            Some(address) => format!("{}|{address}", entry.name),
            None => format!("{}!{}", entry.name, entry.written),
        };
        parse(list).into_iter().map(entry).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn address_lists_are_read_as_clients_show_them() {
        for (list, expected) in [
            ("ann@example.com", "|ann@example.com"),
            ("Ann Lee <Ann@Example.com>", "Ann Lee|ann@example.com"),
            ("\"Lee, Ann\" <ann@example.com>, bob@example.com", "Lee, Ann|ann@example.com, |bob@example.com"),
            ("\"Ann \\\"A\\\" Lee\" <ann@example.com>", "Ann \"A\" Lee|ann@example.com"),
            ("=?utf-8?Q?J=C3=BCrg?= <j@example.com>", "Jürg|j@example.com"),
            ("\"=?utf-8?Q?J=C3=BCrg?=\" <j@example.com>", "Jürg|j@example.com"),
            ("=?utf-8?Q?Lee=2C_Ann?= <ann@example.com>", "Lee, Ann|ann@example.com"),
            ("ann@example.com (Ann Lee)", "Ann Lee|ann@example.com"),
            ("ceo@example.com <evil@example.net>", "ceo@example.com|evil@example.net"),
            ("\"ceo@example.com\" <evil@example.net>", "ceo@example.com|evil@example.net"),
            ("<a@example.com> <b@example.com>", "a@example.com|b@example.com"),
            ("Team: ann@example.com, Bob <bob@example.com>;", "|ann@example.com, Bob|bob@example.com"),
            ("undisclosed-recipients:;", ""),
            ("<@hop.example:ann@example.com>", "|ann@example.com"),
            ("Ann <ann@example.com", "Ann|ann@example.com"),
            ("Ann <ann@example.com, bob@example.com", "Ann|ann@example.com, |bob@example.com"),
            ("Ann <>", "Ann!"),
            ("just a name", "!just a name"),
            ("Ann <not an address>", "Ann!not an address"),
            ("", ""),
            (",,;", ""),
            ("\"open <ann@example.com>", "!open <ann@example.com>"),
        ] {
            assert_eq!(shown(list), expected, "{list}");
        }
    }
}

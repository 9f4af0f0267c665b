//! Address lists (RFC 5322 §3.4), from what mail really holds: unquoted commas, names with `@`, groups, nothing.

use crate::{Address, NamedAddress};

use super::encoded_word;

/// Addresses kept of one field; Exchange Online's limit is 1,000 recipients.
pub(crate) const ADDRESSES_MAX: usize = 5_000;

/// Reads an address list as written (not RFC 2047 decoded). Group names go, their members stay (RFC 5322 §3.4); a
/// comma that nobody quoted stays part of a name (`Lee, Ann <ann@example.com>`).
pub fn parse(list: &str) -> Vec<NamedAddress> {
    let mut read = List::default();
    let mut characters = list.chars();
    while let Some(character) = characters.next() {
        let entry = &mut read.entry;
        match entry.place {
            Place::Quote => match character {
                '\\' => entry.name.push(characters.next().unwrap_or('\\')),
                '"' => entry.place = Place::Name,
                other => entry.name.push(other),
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
                ',' if entry.angle.contains('@') && !entry.angle.starts_with('@') => read.end(),
                other => entry.angle.push(other),
            },
            Place::Name => match character {
                '"' => entry.open_quote(),
                '(' => entry.place = Place::Comment(1),
                '<' => entry.open_angle(),
                ',' => read.end(),
                ';' => read.end_group(),
                ':' if !entry.name.contains(['@', '?']) => read.begin_group(),
                other => entry.name.push(other),
            },
        }
        if read.addresses.len() >= ADDRESSES_MAX {
            return read.addresses;
        }
    }
    read.end_group();
    read.addresses
}

/// The list as far as it has been read.
#[derive(Default)]
struct List {
    addresses: Vec<NamedAddress>,
    entry: Entry,
    /// A name that ended in a comma, and may go on.
    held: String,
}

impl List {
    fn begin_group(&mut self) {
        self.entry.name.clear();
        self.held.clear();
    }

    /// Takes the entry down, unless nothing stands there.
    fn end(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        let name = entry.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() && entry.angle.trim().is_empty() {
            return;
        }
        if entry.has_angle {
            let held = std::mem::take(&mut self.held);
            let whole = if held.is_empty() { name } else { format!("{held}, {name}") };
            self.addresses.push(entry.with_angle(&whole));
        } else if entry.quoted || name.contains('@') {
            self.let_go();
            self.addresses.push(entry.bare(&name));
        } else {
            self.held.push_str(if self.held.is_empty() { "" } else { ", " });
            self.held.push_str(&name);
        }
    }

    fn end_group(&mut self) {
        self.end();
        self.let_go();
    }

    /// What was held was no name of what follows.
    fn let_go(&mut self) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.addresses.push(named("", &held));
        }
    }
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
    fn open_quote(&mut self) {
        self.place = Place::Quote;
        self.quoted = true;
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

    fn with_angle(&self, name: &str) -> NamedAddress {
        // A source route (RFC 5322 §4.4) stands before the address: `<@hop.example:ann@example.com>`.
        let route_end = self.angle.rfind(':').filter(|_| self.angle.starts_with('@'));
        let written = route_end.map_or(self.angle.as_str(), |end| &self.angle[end + 1..]).trim();
        let shown = if name.is_empty() { self.comment.as_str() } else { name };
        named(shown, written)
    }

    fn bare(&self, name: &str) -> NamedAddress {
        if self.quoted {
            return named(&self.comment, name);
        }
        // `ann @ example.com` (RFC 5322 §4.4 allows blanks there), and a name before an address without brackets.
        let joined = name.replace(" @", "@").replace("@ ", "@");
        match joined.rsplit_once(' ') {
            Some((shown, address)) if address.contains('@') => named(shown, address),
            Some(_) | None => named(&self.comment, &joined),
        }
    }
}

fn named(name: &str, written: &str) -> NamedAddress {
    let written = encoded_word::decode(written);
    let name = encoded_word::decode(name);
    NamedAddress {
        name: one_line(unquoted(name.trim())),
        address: Address::parse(&written),
        written: one_line(&written),
    }
}

/// Without the quotes that some senders put inside the encoded word.
fn unquoted(name: &str) -> &str {
    let inner = |quote: char| name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(name)
}

/// Blanks and control characters to single spaces.
fn one_line(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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
            ("Lee, Ann <ann@example.com>", "Lee, Ann|ann@example.com"),
            ("=?utf-8?Q?Lee,_Ann?= <ann@example.com>", "Lee, Ann|ann@example.com"),
            ("nobody, bob@example.com", "!nobody, |bob@example.com"),
            ("ann @ example.com", "|ann@example.com"),
            ("Ann Lee ann@example.com", "Ann Lee|ann@example.com"),
            ("\"ann lee\"@example.com", "|ann lee@example.com"),
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

//! `$filter`, as far as mail, users and traces need it: comparisons, `and`, `or`, `not`, brackets, the text
//! functions, and the two lambdas of messages (`categories/any`, `singleValueExtendedProperties/any`).

use std::cmp::Ordering;

use jiff::Timestamp;

use super::error::GraphError;

/// Deeper brackets are refused: a filter is written by an app, not by a person with time.
const DEPTH_MAX: usize = 32;

/// A value in a filter or of a resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Number(i64),
    Truth(bool),
    Time(Timestamp),
    List(Vec<String>),
    Null,
}

/// What a filter can ask a resource for; the path as written, in lower case.
pub(crate) trait Fields {
    fn field(&self, path: &str) -> Option<Literal>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(String, Comparison, Literal),
    /// `startswith`, `endswith`, `contains`.
    Text(&'static str, String, String),
    AnyCategory(String),
    /// An extended property with this id and value.
    AnyProperty(String, String),
}

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        let tokens = tokens(text).ok_or_else(|| invalid(text))?;
        let mut parser = Parser { tokens, at: 0, depth: 0 };
        let filter = parser.or().ok_or_else(|| invalid(text))?;
        if parser.at == parser.tokens.len() { Ok(filter) } else { Err(invalid(text)) }
    }

    pub(crate) fn holds(&self, fields: &dyn Fields) -> bool {
        match self {
            Self::And(left, right) => left.holds(fields) && right.holds(fields),
            Self::Or(left, right) => left.holds(fields) || right.holds(fields),
            Self::Not(inner) => !inner.holds(fields),
            Self::Compare(path, comparison, wanted) => {
                let actual = fields.field(path).unwrap_or(Literal::Null);
                compares(&actual, *comparison, wanted)
            }
            Self::Text(function, path, wanted) => match fields.field(path) {
                Some(Literal::Text(actual)) => {
                    let (actual, wanted) = (actual.to_lowercase(), wanted.to_lowercase());
                    match *function {
                        "startswith" => actual.starts_with(&wanted),
                        "endswith" => actual.ends_with(&wanted),
                        _ => actual.contains(&wanted),
                    }
                }
                _ => false,
            },
            Self::AnyCategory(wanted) => match fields.field("categories") {
                Some(Literal::List(all)) => all.iter().any(|one| one.eq_ignore_ascii_case(wanted)),
                _ => false,
            },
            Self::AnyProperty(id, wanted) => {
                fields.field(&format!("extended:{id}")) == Some(Literal::Text(wanted.clone()))
            }
        }
    }

    /// Properties in the order written.
    pub(crate) fn properties(&self) -> Vec<&str> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.properties().into_iter().chain(right.properties()).collect()
            }
            Self::Not(inner) => inner.properties(),
            Self::Compare(path, ..) | Self::Text(_, path, _) => vec![path],
            Self::AnyCategory(_) => vec!["categories"],
            Self::AnyProperty(..) => vec!["singlevalueextendedproperties"],
        }
    }

    /// The value every match must have for `path`, where the filter says so plainly.
    pub(crate) fn required_text(&self, path: &str) -> Option<&str> {
        match self {
            Self::And(left, right) => left.required_text(path).or_else(|| right.required_text(path)),
            Self::Compare(own, Comparison::Equal, Literal::Text(text)) if own == path => Some(text),
            _ => None,
        }
    }
}

fn invalid(text: &str) -> GraphError {
    let shown: String = text.chars().take(200).collect();
    GraphError::bad_request("BadRequest", format!("Invalid filter clause: '{shown}'."))
}

fn compares(actual: &Literal, comparison: Comparison, wanted: &Literal) -> bool {
    let ordering = match (actual, wanted) {
        (Literal::Text(a), Literal::Text(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Literal::Number(a), Literal::Number(b)) => Some(a.cmp(b)),
        (Literal::Time(a), Literal::Time(b)) => Some(a.cmp(b)),
        (Literal::Truth(a), Literal::Truth(b)) => Some(a.cmp(b)),
        (Literal::Null, Literal::Null) => Some(Ordering::Equal),
        _ => None,
    };
    match comparison {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Value(Literal),
    Open,
    Close,
    Comma,
    Colon,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            _ if first.is_whitespace() => &rest[first.len_utf8()..],
            '(' => push(&mut tokens, Token::Open, &rest[1..]),
            ')' => push(&mut tokens, Token::Close, &rest[1..]),
            ',' => push(&mut tokens, Token::Comma, &rest[1..]),
            ':' => push(&mut tokens, Token::Colon, &rest[1..]),
            '\'' => {
                let (text, after) = quoted(&rest[1..])?;
                push(&mut tokens, Token::Value(Literal::Text(text)), after)
            }
            '0'..='9' | '-' => {
                let (value, after) = number_or_time(rest)?;
                push(&mut tokens, Token::Value(value), after)
            }
            _ => {
                let end =
                    rest.find(|c: char| !(c.is_alphanumeric() || "/._@$-".contains(c))).unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                push(&mut tokens, word(&rest[..end]), &rest[end..])
            }
        };
    }
    Some(tokens)
}

fn push<'a>(tokens: &mut Vec<Token>, token: Token, rest: &'a str) -> &'a str {
    tokens.push(token);
    rest
}

fn word(text: &str) -> Token {
    match text.to_ascii_lowercase().as_str() {
        "true" => Token::Value(Literal::Truth(true)),
        "false" => Token::Value(Literal::Truth(false)),
        "null" => Token::Value(Literal::Null),
        lower => Token::Word(lower.to_owned()),
    }
}

/// After the opening quote; a quote inside is doubled.
fn quoted(rest: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            text.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
            text.push('\'');
            characters.next();
        } else {
            return Some((text, &rest[at + 1..]));
        }
    }
    None
}

fn number_or_time(rest: &str) -> Option<(Literal, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-:.+".contains(c);
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let (mut text, mut after) = (rest[..end].to_owned(), &rest[end..]);
    // A plus sign of a time zone that was not percent-encoded arrives as a space.
    let zone = after
        .get(..6)
        .filter(|zone| text.contains('T') && zone.starts_with(' ') && zone.as_bytes()[3] == b':');
    if let Some(zone) = zone.filter(|zone| zone[1..].chars().all(|c| c.is_ascii_digit() || c == ':')) {
        text = format!("{text}+{}", &zone[1..]);
        after = &after[6..];
    }
    let value = match text.parse::<i64>() {
        Ok(number) => Literal::Number(number),
        Err(_) => Literal::Time(time(&text)?),
    };
    Some((value, after))
}

/// RFC 3339, or a date alone, which means its midnight in UTC.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let midnight = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok()).or_else(midnight)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(own)) if own == word);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Filter> {
        let mut left = self.and()?;
        while self.take_word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Filter> {
        let mut left = self.unary()?;
        while self.take_word("and") {
            left = Filter::And(Box::new(left), Box::new(self.unary()?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let filter = if self.take_word("not") {
            Filter::Not(Box::new(self.unary()?))
        } else if self.take(&Token::Open) {
            let inner = self.or()?;
            self.take(&Token::Close).then_some(inner)?
        } else {
            self.term()?
        };
        self.depth -= 1;
        Some(filter)
    }

    fn term(&mut self) -> Option<Filter> {
        let Token::Word(name) = self.next()? else { return None };
        if self.take(&Token::Open) {
            return self.function(&name);
        }
        let Token::Word(operator) = self.next()? else { return None };
        let comparison = match operator.as_str() {
            "eq" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "gt" => Comparison::Greater,
            "ge" => Comparison::GreaterOrEqual,
            "lt" => Comparison::Less,
            "le" => Comparison::LessOrEqual,
            _ => return None,
        };
        match self.next()? {
            Token::Value(value) => Some(Filter::Compare(name, comparison, value)),
            _ => None,
        }
    }

    fn function(&mut self, name: &str) -> Option<Filter> {
        let filter = match name {
            "startswith" | "endswith" | "contains" => {
                let Token::Word(path) = self.next()? else { return None };
                self.take(&Token::Comma).then_some(())?;
                let known = ["startswith", "endswith", "contains"].into_iter().find(|own| *own == name)?;
                Filter::Text(known, path, self.text()?)
            }
            "categories/any" => {
                self.variable()?;
                self.equality()?;
                Filter::AnyCategory(self.text()?)
            }
            "singlevalueextendedproperties/any" => {
                self.variable()?;
                self.equality()?;
                let id = self.text()?;
                self.take_word("and").then_some(())?;
                self.equality()?;
                Filter::AnyProperty(id, self.text()?)
            }
            _ => return None,
        };
        self.take(&Token::Close).then_some(filter)
    }

    fn text(&mut self) -> Option<String> {
        match self.next()? {
            Token::Value(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// `x:` of a lambda.
    fn variable(&mut self) -> Option<()> {
        matches!(self.next()?, Token::Word(_)).then_some(())?;
        self.take(&Token::Colon).then_some(())
    }

    /// `x eq` or `x/id eq`.
    fn equality(&mut self) -> Option<()> {
        matches!(self.next()?, Token::Word(_)).then_some(())?;
        self.take_word("eq").then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Mail;

    impl Fields for Mail {
        fn field(&self, path: &str) -> Option<Literal> {
            Some(match path {
                "isread" => Literal::Truth(false),
                "internetmessageid" => Literal::Text("<m1@sender.example>".into()),
                "from/emailaddress/address" => Literal::Text("Ann@sender.example".into()),
                "receiveddatetime" => Literal::Time("2026-11-20T08:00:00Z".parse().unwrap()),
                "categories" => Literal::List(vec!["Red".into()]),
                "extended:String {00020329-0000-0000-C000-000000000046} Name Mark" => {
                    Literal::Text("7".into())
                }
                _ => return None,
            })
        }
    }

    #[test]
    fn filters_read_as_graph_reads_them() {
        for (text, holds) in [
            ("isRead eq false", true),
            ("isRead ne false", false),
            ("internetMessageId eq '<m1@sender.example>'", true),
            ("from/emailAddress/address eq 'ann@sender.example'", true),
            ("receivedDateTime ge 2026-11-20T08:00:00Z and isRead eq false", true),
            ("receivedDateTime gt 2026-11-20T08:00:00+00:00", false),
            ("receivedDateTime ge 2026-11-20T08:00:00 00:00", true),
            ("receivedDateTime lt 2026-11-20", false),
            ("not (isRead eq true or receivedDateTime lt 2026-11-20T00:00:00Z)", true),
            ("startswith(from/emailAddress/address,'ann@')", true),
            ("categories/any(c:c eq 'red')", true),
            (
                "singleValueExtendedProperties/Any(ep: ep/id eq 'String {00020329-0000-0000-C000-000000000046} Name Mark' and ep/value eq '7')",
                true,
            ),
            ("subject eq 'it''s'", false),
        ] {
            assert_eq!(Filter::parse(text).unwrap().holds(&Mail), holds, "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let deep = "(".repeat(100);
        for text in [
            "",
            "isRead",
            "isRead eq",
            "isRead is true",
            "a eq 'x",
            "(a eq 1",
            "a eq 1)",
            "eq eq eq",
            "a eq 1 and",
            "é",
            deep.as_str(),
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}

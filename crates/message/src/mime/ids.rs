//! Message identifiers (RFC 5322 §3.6.4).

/// Identifiers kept of one field; long threads have a few hundred.
const IDS_MAX: usize = 1_000;

/// The identifiers in `field`, without angle brackets; words when nothing stands in brackets.
pub(crate) fn parse(field: &str) -> Vec<String> {
    if !field.contains('<') {
        return field.split_whitespace().take(IDS_MAX).map(str::to_string).collect();
    }
    let after_open = field.split('<').skip(1);
    let ids = after_open.map(|rest| rest.split('>').next().unwrap_or_default());
    ids.map(|id| id.split_whitespace().collect::<String>())
        .filter(|id| !id.is_empty())
        .take(IDS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_cut_out() {
        for (field, ids) in [
            ("<a@example.com>", &["a@example.com"][..]),
            ("<a@x.example>\t<b@x.example> (c)", &["a@x.example", "b@x.example"]),
            ("a@x.example b@x.example", &["a@x.example", "b@x.example"]),
            ("<a b@x.example>", &["ab@x.example"]),
            ("Your message of <", &[]),
            ("", &[]),
        ] {
            assert_eq!(super::parse(field), ids, "{field}");
        }
    }
}

//! What is collected of a whole message, and what holds for any bytes.

use proptest::prelude::*;

use super::*;

fn raw(url: &str, shown: &str) -> RawLink {
    RawLink { url: url.to_owned(), shown: shown.to_owned(), place: Place::Anchor }
}

#[test]
fn links_come_in_order_and_once() {
    let html = [
        raw("https://a.example.com/", "here"),
        raw("#top", "up"),
        raw("cid:logo@example.com", ""),
        raw("https://a.example.com/", "here"),
        raw("https://a.example.com/", "there"),
        raw("https://evil.example/", "https://bank.example/login"),
    ];
    let links = collect(
        &html,
        &[
            "see a.example.com or https://b.example.com or https://bank.example/login",
            "https://b.example.com/",
        ],
    );
    let targets: Vec<_> = links.iter().map(|link| (link.target.as_str(), link.place)).collect();
    assert_eq!(
        targets,
        [
            ("https://a.example.com/", Place::Anchor),
            ("https://a.example.com/", Place::Anchor),
            ("https://evil.example/", Place::Anchor),
            ("https://b.example.com/", Place::Text),
        ]
    );
    assert_eq!(links[2].shown_host().expect("a host").as_str(), "bank.example");
}

#[test]
fn a_link_keeps_both_ends() {
    let link = link(
        "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2F192.0.2.7%2Fa&data=1",
        "x",
        Place::Anchor,
    );
    assert_eq!(link.outer_host.as_ref().map(Domain::as_str), Some("eur01.safelinks.protection.outlook.com"));
    assert_eq!(link.target, "http://192.0.2.7/a");
    assert_eq!((link.host.as_ref(), link.ip), (None, Some("192.0.2.7".parse().expect("an address"))));
    assert_eq!((link.scheme(), link.path_and_query()), ("http", "/a"));
}

#[test]
fn what_is_no_url_is_kept_as_written() {
    let link = link(" page.html ", "x", Place::Anchor);
    assert_eq!((link.target.as_str(), link.host.as_ref(), link.scheme()), ("page.html", None, ""));
}

#[test]
fn the_list_is_bounded() {
    let text: String = (0..LINKS_MAX + 10).map(|n| format!("https://h{n}.example.com/ ")).collect();
    assert_eq!(collect(&[], &[&text]).len(), LINKS_MAX);
}

#[test]
fn long_runs_stay_quick() {
    let started = std::time::Instant::now();
    for piece in ["a.", "[.]", "http:", "h", "))", "www.", "https://a.", "-", "a@", "%", "é."] {
        let text = piece.repeat(200_000 / piece.len());
        let _ = collect(&[raw(&text, &text)], &[&text]);
    }
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());
}

/// Pieces that the readers look for, in any order.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "https://",
        "http:\\\\",
        "hxxp",
        "[.]",
        "%",
        "%2",
        "@",
        "__",
        "__;",
        "!!",
        "*",
        "**",
        "**A",
        "urldefense.com/v3/",
        "urldefense.proofpoint.com/v2/url?u=",
        "secure-web.cisco.com/x/",
        "google.com/url?q=",
        "bing.com/ck/a?u=a1",
        "a1",
        "translate.goog",
        "protection.sophos.com?u=",
        "___",
        "url.avanan.click/v2/",
        "é",
        "\u{202e}",
        "\0",
        " ",
        "\n",
        "&",
        "=",
        "?",
        "#",
        "/",
        ".",
        "com",
        "aHR0cHM6Ly9h",
        "xn--",
        "1",
        "[::1]",
        ":",
        "()",
        "data:",
    ]);
    prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..24)
        .prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_gives_bounded_links(text in hostile()) {
        let links = collect(&[raw(&text, &text)], &[&text]);
        for link in links {
            prop_assert!(link.rewriters.len() <= crate::bounds::UNWRAP_MAX);
            prop_assert!(link.written.len() <= read::URL_BYTES_MAX);
            // Normalising may write each byte as up to nine (`%EF%BF%BD`).
            prop_assert!(link.target.len() <= 9 * read::URL_BYTES_MAX + 16);
            let _ = (link.shown_host(), link.path_and_query(), link.scheme());
        }
    }

    #[test]
    fn unwrapping_is_done_when_it_ends(text in hostile()) {
        let once = unwrap::unwrap(&text);
        if once.known == Known::Whole && once.rewriters.len() < crate::bounds::UNWRAP_MAX && let Some(url) = once.url {
            prop_assert_eq!(read::read(url.as_str()).url, Some(url));
        }
    }
}

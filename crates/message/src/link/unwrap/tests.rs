//! One table: what was written, what is behind it, how much of it is known, and which rewriters were taken off.

use super::*;

/// A v2 address made by hand: `-` for `%`, `_` for `/`.
const PROOFPOINT_V2: &str = "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.com_a-2Db_-3Fx-3D1-26y-3D2&d=DwMF&c=x&r=y&m=z&s=s&e=";

#[test]
fn every_rewriter_is_unwrapped() {
    use Rewriter::*;
    let rows: &[(&str, &str, &[Rewriter])] = &[
        ("https://www.example.com/a", "https://www.example.com/a", &[]),
        (
            "https://urldefense.proofpoint.com/v1/url?u=http://www.example.com/a%3Fb%3D1%26amp%3Bc&k=oIvRg1%2BdGAgOoM1BIlLLqw%3D%3D%0A",
            "http://www.example.com/a?b=1&c",
            &[Proofpoint],
        ),
        (PROOFPOINT_V2, "https://www.example.com/a-b/?x=1&y=2", &[Proofpoint]),
        (
            "https://urldefense.com/v3/__https://example.com/list/Ykqg0F*2Fyz@example.org/__;JQ!!A!x$",
            "https://example.com/list/Ykqg0F%2Fyz@example.org/",
            &[Proofpoint],
        ),
        ("https://urldefense.us/v3/__https:/example.com/a__;!!B!y$", "https://example.com/a", &[Proofpoint]),
        (
            // `**C` is a run of four: `?a=b`.
            "https://urldefense.com/v3/__https://example.com/x**C/*end__;P2E9YiM!!A!z$",
            "https://example.com/x?a=b/#end",
            &[Proofpoint],
        ),
        (
            "https://linkprotect.cudasvc.com/url?c=E,1,abc,&typo=1&a=https%3a%2f%2fexample.com%2fb%3fc%3d1",
            "https://example.com/b?c=1",
            &[Barracuda],
        ),
        (
            "https://secure-web.cisco.com/1nWDw-Lb_O77/https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc",
            "https://example.com/a?b=c",
            &[Cisco],
        ),
        ("http://secure-web.cisco.com/1nWD/https://example.com/a?b=c", "https://example.com/a?b=c", &[Cisco]),
        (
            "https://clicktime.symantec.com/3Be7d9?h=zzz&amp;u=https%3A%2F%2Fexample.com%2Fa",
            "https://example.com/a",
            &[Symantec],
        ),
        (
            "https://shared-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.com%2fa&umid=1&auth=2",
            "https://example.com/a",
            &[TrendMicro],
        ),
        (
            "https://cas5-0-urlprotect.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.com&umid=1",
            "https://example.com/",
            &[TrendMicro],
        ),
        (
            "https://eu-west-1.protection.sophos.com?d=example.com&u=aHR0cHM6Ly9leGFtcGxlLmNvbS9hP2I9Yw==&i=NWQ&t=x&h=y",
            "https://example.com/a?b=c",
            &[Sophos],
        ),
        (
            "https://protect2.fireeye.com/v1/url?k=0f&q=1&e=2&u=https%3A%2F%2Fexample.com%2Fa",
            "https://example.com/a",
            &[FireEye],
        ),
        ("https://protect2.fireeye.com/url?k=0f&u=http://example.com/a", "http://example.com/a", &[FireEye]),
        (
            "https://atpscan.global.hornetsecurity.com/?d=1&f=2&i=&k=Lg&m=3&n=4&r=5&s=6&u=https%3A%2F%2Fexample.com%2F",
            "https://example.com/",
            &[Hornetsecurity],
        ),
        (
            "https://url.avanan.click/v2/___https://example.com/a?b=c___.YXAzOm",
            "https://example.com/a?b=c",
            &[CheckPoint],
        ),
        (
            "https://protect.checkpoint.com/v2/r01/___https:/example.com/a___.YXAz",
            "https://example.com/a",
            &[CheckPoint],
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa&data=05%7C01&sdata=x&reserved=0",
            "https://example.com/a",
            &[MicrosoftSafeLinks],
        ),
        (
            "https://usg01.safelinks.protection.office365.us/ap/w-59584e83/?url=https%3A%2F%2Fexample.com%2F&data=04",
            "https://example.com/",
            &[MicrosoftSafeLinks],
        ),
        (
            "https://www.google.com/url?q=https://example.com/a&sa=D",
            "https://example.com/a",
            &[GoogleRedirect],
        ),
        (
            "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.com%2F",
            "https://example.com/",
            &[GoogleRedirect],
        ),
        ("https://www.google.com/amp/s/example.com/a?b=c", "https://example.com/a?b=c", &[GoogleAmp]),
        ("https://www.google.co.jp/amp/example.com/", "http://example.com/", &[GoogleAmp]),
        ("https://example-com.cdn.ampproject.org/c/s/example.com/a", "https://example.com/a", &[GoogleAmp]),
        (
            "https://my--site-example-com.translate.goog/a?_x_tr_sl=auto",
            "https://my-site.example.com/a",
            &[GoogleTranslate],
        ),
        (
            "https://translate.google.com/translate?sl=auto&u=https://example.com/a",
            "https://example.com/a",
            &[GoogleTranslate],
        ),
        (
            "https://adclick.g.doubleclick.net/pcs/click?xai=A&adurl=//example.com/a",
            "http://example.com/a",
            &[DoubleClick],
        ),
        (
            "https://www.youtube.com/redirect?q=https%3A%2F%2Fexample.com%2F&v=1",
            "https://example.com/",
            &[YouTube],
        ),
        (
            "https://www.bing.com/ck/a?!&&p=244ed8&ptn=3&u=a1aHR0cHM6Ly9leGFtcGxlLmNvbS9h&ntb=1",
            "https://example.com/a",
            &[BingClick],
        ),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa&h=AT0",
            "https://example.com/a",
            &[Facebook],
        ),
        ("https://l.instagram.com/?u=https%3A%2F%2Fexample.com%2F&e=AT", "https://example.com/", &[Facebook]),
        (
            "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.com&urlhash=x",
            "https://example.com/",
            &[LinkedIn],
        ),
        (
            "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.com%2F",
            "https://example.com/",
            &[DuckDuckGo],
        ),
        (
            "https://deref-gmx.net/mail/client/xyz/dereferrer/?redirectUrl=https%3A%2F%2Fexample.com%2F",
            "https://example.com/",
            &[DereferMail],
        ),
        ("https://slack-redir.net/link?url=https%3A%2F%2Fexample.com", "https://example.com/", &[Slack]),
        ("https://steamcommunity.com/linkfilter/?url=https://example.com", "https://example.com/", &[Steam]),
        ("https://vk.com/away.php?to=https%3A%2F%2Fexample.com", "https://example.com/", &[Vk]),
        (
            "https://r.search.yahoo.com/_ylt=Awr/RV=2/RE=1/RO=10/RU=https%3a%2f%2fexample.com%2fa/RK=2/RS=x-",
            "https://example.com/a",
            &[Yahoo],
        ),
        (
            "https://urldefense.com/v3/__https://protect2.fireeye.com/v1/url?k=1&u=https*3A*2F*2Fexample.com__;JSUl!!A!x$",
            "https://example.com/",
            &[Proofpoint, FireEye],
        ),
        (
            "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fexample.com%252F",
            "https://example.com/",
            &[MicrosoftSafeLinks, GoogleRedirect],
        ),
    ];
    for (written, target, rewriters) in rows {
        let found = unwrap(written);
        assert_eq!(found.url.map(String::from).as_deref(), Some(*target), "{written}");
        assert_eq!(found.rewriters, *rewriters, "{written}");
        assert_eq!(found.known, Known::Whole, "{written}");
    }
}

#[test]
fn opaque_rewriters_tell_what_they_tell() {
    for (written, target, known) in [
        (
            "https://protect-eu.mimecast.com/s/0mWkCJ?domain=example.com",
            "https://example.com/",
            Known::HostOnly,
        ),
        (
            "https://url.uk.m.mimecastprotect.com/s/0mWk?domain=example.com",
            "https://example.com/",
            Known::HostOnly,
        ),
        (
            "https://protect-us.mimecast.com/s/0mWkCJ",
            "https://protect-us.mimecast.com/s/0mWkCJ",
            Known::Nothing,
        ),
        (
            "https://us-west-2.protection.sophos.com/?d=example.com&i=NW&t=x&h=y&s=z",
            "https://example.com/",
            Known::HostOnly,
        ),
        (
            "https://atpscan.global.hornetsecurity.com/index.php?atp_str=abc",
            "https://atpscan.global.hornetsecurity.com/index.php?atp_str=abc",
            Known::Nothing,
        ),
        (
            "https://clicktime.symantec.com/3BCC63?u=0x3E.04",
            "https://clicktime.symantec.com/3BCC63?u=0x3E.04",
            Known::Nothing,
        ),
    ] {
        let found = unwrap(written);
        assert_eq!((found.url.map(String::from).as_deref(), found.known), (Some(target), known), "{written}");
        assert_eq!(found.rewriters.len(), 1, "{written}");
    }
}

#[test]
fn pages_that_are_no_rewriter_are_left_alone() {
    for written in [
        "https://www.google.com/search?q=https+example",
        "https://www.google.com/url?q=example",
        "https://google.evil.example/url?q=https://example.com",
        "https://www.mimecast.com/s/about?domain=example.com",
        "https://evil-urldefense.com/v3/__https://example.com__;!!A!x$",
        "https://www.facebook.com/sharer.php?u=https://example.com",
        "https://www.bing.com/search?u=a1aHR0",
        "https://www.youtube.com/watch?v=1&q=https://example.com",
        "mailto:ann@urldefense.com",
    ] {
        assert_eq!(unwrap(written).rewriters, &[], "{written}");
    }
}

#[test]
fn nesting_ends_at_the_bound() {
    let mut address = "https://example.com/".to_owned();
    for _ in 0..UNWRAP_MAX + 4 {
        address =
            format!("https://l.facebook.com/l.php?u={}", address.replace('%', "%25").replace('&', "%26"));
    }
    let found = unwrap(&address);
    assert_eq!(found.rewriters.len(), UNWRAP_MAX);
    assert!(found.url.is_some());
}

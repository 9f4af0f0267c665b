//! How deep HTML nests, found in linear time. The tree builder behind the sanitiser takes quadratic time in the depth,
//! so deep bodies never reach it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Elements whose end tag may be left out: the end tag of what surrounds them closes them too (HTML §13.2.6.2).
const IMPLIED_END: [&str; 9] = ["dd", "dt", "li", "optgroup", "option", "p", "rp", "rt", "rtc"];

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// The greatest number of elements open at once, never less than what a browser would build: an end tag only counts
/// when it surely closes something.
pub(super) fn depth(html: &str) -> usize {
    let tokenizer = Tokenizer::new(Open::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.borrow().deepest
}

#[derive(Default)]
struct Open(RefCell<Stack>);

#[derive(Default)]
struct Stack {
    names: Vec<String>,
    deepest: usize,
}

impl TokenSink for Open {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        match tag.kind {
            TagKind::StartTag => self.0.borrow_mut().open(&tag),
            TagKind::EndTag => self.0.borrow_mut().close(&tag),
        }
        raw(&tag)
    }
}

/// Text of these is no markup.
fn raw(tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

impl Stack {
    fn open(&mut self, tag: &Tag) {
        if !VOID.contains(&&*tag.name) {
            self.names.push(tag.name.to_string());
            self.deepest = self.deepest.max(self.names.len());
        }
    }

    fn close(&mut self, tag: &Tag) {
        let implied = |name: &&String| IMPLIED_END.contains(&name.as_str()) && **name != *tag.name;
        let skipped = self.names.iter().rev().take_while(implied).count();
        let position = self.names.len().checked_sub(skipped + 1);
        if let Some(position) = position.filter(|position| self.names[*position] == *tag.name) {
            self.names.truncate(position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn ordinary_bodies_are_shallow() {
        let newsletter = "<table><tr><td><p>a<br>b<p>c<img src=x></td></tr></table>".repeat(500);
        assert!(depth(&newsletter) < 10);
        assert_eq!(depth("<div><div></div></div><div></div>"), 2);
        assert_eq!(depth("text"), 0);
    }

    #[test]
    fn tricks_cannot_make_it_look_shallow() {
        for trick in [
            "<ul><li>",
            "<b><div></b>",
            "<div><!-- > </div> -->",
            "<div title='</div>'>",
            "<div><style></div></style>",
            "<div></span></p>",
        ] {
            assert!(depth(&trick.repeat(1_000)) >= 1_000, "{trick}");
        }
    }
}

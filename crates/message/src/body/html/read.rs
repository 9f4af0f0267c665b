//! One walk over the tree: text into what is seen and what is not, links, counts.

use url::Url;

use crate::body::HtmlTraits;
use crate::body::flow::Flow;
use crate::bounds::{LINKS_MAX, TEXT_CHARS_MAX};
use crate::link::{Place, RawLink};

use super::script;
use super::sheet::Sheet;
use super::style::{Background, Colour, Style, colour, same_to_the_eye};
use super::tree::{self, Data, Element, Id, NONE, ROOT, Tree};

/// What a page holds.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) visible: String,
    pub(crate) hidden: String,
    pub(crate) traits: HtmlTraits,
    /// In reading order; relative addresses resolved against `<base>`.
    pub(crate) links: Vec<RawLink>,
    /// The bound that ended the reading, if one did.
    pub(crate) bounded: Option<&'static str>,
}

/// Reads a page within what is left of `attribute_work`.
pub(crate) fn read(html: &str, attribute_work: &mut u64) -> Reading {
    let tree = tree::build(html, attribute_work);
    let mut walk = Walk::new(&tree);
    walk.run();
    walk.finish()
}

/// How text looks at one place, inherited downwards.
#[derive(Clone, Copy)]
struct Look {
    /// Nothing in here is seen, whatever it says of itself.
    hidden: bool,
    /// What stands here is no text for readers (scripts, the head).
    no_text: bool,
    invisible: bool,
    tiny: bool,
    colour: Option<Colour>,
    ground: Ground,
    preformatted: bool,
}

/// What lies behind the text.
#[derive(Clone, Copy)]
enum Ground {
    Solid([u8; 3]),
    Unknown,
}

impl Look {
    fn shows_text(&self) -> bool {
        let blends_in = match (self.colour, self.ground) {
            (Some(Colour::Transparent), _) => true,
            (Some(Colour::Solid(ink)), Ground::Solid(paper)) => same_to_the_eye(ink, paper),
            (Some(Colour::Solid(_)), Ground::Unknown) | (None, _) => false,
        };
        !(self.hidden || self.invisible || self.tiny || blends_in)
    }
}

/// An element that has been entered and not yet left.
struct Open {
    id: Id,
    look: Look,
    block: bool,
    anchor: Option<Anchor>,
}

/// A link whose text is being read.
struct Anchor {
    link: usize,
    /// Where its text starts in the visible text.
    start: usize,
}

struct Walk<'a> {
    tree: &'a Tree,
    sheet: Sheet,
    open: Vec<Open>,
    visible: Flow,
    hidden: Flow,
    /// The `alt` texts of the images in the link being read.
    alts: String,
    base: Option<Url>,
    reading: Reading,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a Tree) -> Self {
        let mut sheet = Sheet::default();
        for node in &tree.nodes {
            if let Data::Element(element) = &node.data
                && element.name() == "style"
            {
                sheet.add(&text_of(tree, node.first_child));
            }
        }
        Self {
            tree,
            sheet,
            open: Vec::new(),
            visible: Flow::new(TEXT_CHARS_MAX),
            hidden: Flow::new(TEXT_CHARS_MAX),
            alts: String::new(),
            base: None,
            reading: Reading { bounded: tree.bounded, ..Reading::default() },
        }
    }

    fn run(&mut self) {
        let tree = self.tree;
        let mut id = ROOT;
        loop {
            let node = &tree.nodes[id as usize];
            let goes_in = self.enter(id, &node.data);
            if goes_in && node.first_child != NONE {
                id = node.first_child;
                continue;
            }
            let mut left = id;
            loop {
                self.leave(left);
                let node = &tree.nodes[left as usize];
                if node.next != NONE {
                    id = node.next;
                    break;
                }
                if node.parent == NONE {
                    return;
                }
                left = node.parent;
            }
        }
    }

    fn look(&self) -> Look {
        let ground =
            if self.sheet.has_unread_backgrounds() { Ground::Unknown } else { Ground::Solid([255; 3]) };
        let page = Look {
            hidden: false,
            no_text: false,
            invisible: false,
            tiny: false,
            colour: None,
            ground,
            preformatted: false,
        };
        self.open.last().map_or(page, |open| open.look)
    }

    /// Takes note of a node; says whether to go into it.
    fn enter(&mut self, id: Id, data: &Data) -> bool {
        match data {
            Data::Nothing => id == ROOT,
            Data::Text(text) => {
                self.text(text);
                false
            }
            Data::Element(element) => self.element(id, element),
        }
    }

    fn text(&mut self, text: &str) {
        let look = self.look();
        if look.no_text {
            return;
        }
        let flow = if look.shows_text() { &mut self.visible } else { &mut self.hidden };
        let zero_width = flow.push(text, look.preformatted);
        self.reading.traits.zero_width += zero_width;
    }

    fn element(&mut self, id: Id, element: &Element) -> bool {
        let look = self.look_of(element);
        if element.handles_events() {
            self.reading.traits.event_handlers += 1;
        }
        let link = self.facts(id, element);
        let block = is_block(element.name());
        if block || element.name() == "br" {
            self.visible.line();
            self.hidden.line();
        } else if matches!(element.name(), "td" | "th") {
            self.visible.space();
            self.hidden.space();
        }
        let anchor = link.map(|link| Anchor { link, start: self.visible.len() });
        if anchor.is_some() {
            self.alts.clear();
        }
        self.open.push(Open { id, look, block, anchor });
        element.name() != "template"
    }

    fn leave(&mut self, id: Id) {
        if self.open.last().is_none_or(|open| open.id != id) {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if open.block {
            self.visible.line();
            self.hidden.line();
        }
        if let Some(anchor) = open.anchor {
            let text = self.visible.since(anchor.start);
            let shown = if text.is_empty() { self.alts.trim() } else { text };
            self.reading.links[anchor.link].shown = shown.to_string();
        }
    }

    fn look_of(&self, element: &Element) -> Look {
        let mut look = self.look();
        let mut style = self.sheet.style_of(element);
        style.overlay(&Style::parse(element.attribute("style").unwrap_or_default()));
        let gone = style.gone.is_none() && element.attribute("hidden").is_some();
        look.hidden |= gone || style.hides_box();
        look.invisible = style.invisible.unwrap_or(look.invisible);
        look.tiny = style.tiny.unwrap_or(look.tiny);
        let ink = if element.name() == "body" { "text" } else { "color" };
        look.colour = style.colour.or_else(|| element.attribute(ink).and_then(colour)).or(look.colour);
        look.ground = ground(element, &style).unwrap_or(look.ground);
        look.preformatted |= element.name() == "pre";
        look.no_text |= matches!(
            element.name(),
            "head" | "title" | "script" | "style" | "template" | "iframe" | "noembed" | "noframes" | "xml"
        );
        look
    }

    /// Counts what the element is and takes its links down; the index of the link whose text it is.
    fn facts(&mut self, id: Id, element: &Element) -> Option<usize> {
        let attribute = |name: &str| element.attribute(name).map(str::trim).filter(|value| !value.is_empty());
        if let Some(image) = attribute("background") {
            self.image(image, "");
        }
        match element.name() {
            "a" | "area" => {
                let place = if element.name() == "a" { Place::Anchor } else { Place::Area };
                let shown = attribute("alt").unwrap_or_default();
                let index =
                    self.link(attribute("href").or_else(|| attribute("xlink:href"))?, shown, place)?;
                return (place == Place::Anchor).then_some(index);
            }
            "img" | "image" => {
                let alt = attribute("alt").unwrap_or_default();
                self.alts.push_str(alt);
                self.alts.push(' ');
                self.image(attribute("src").or_else(|| attribute("href"))?, alt);
            }
            "form" => {
                self.reading.traits.forms += 1;
                self.link(attribute("action")?, "", Place::Form);
            }
            "input" | "button" => self.control(element),
            "iframe" | "frame" => {
                self.reading.traits.iframes += 1;
                self.link(attribute("src")?, "", Place::Other);
            }
            "embed" | "object" => {
                self.link(attribute("src").or_else(|| attribute("data"))?, "", Place::Other);
            }
            "script" => {
                self.script(&text_of(self.tree, self.tree.nodes[id as usize].first_child));
                self.link(attribute("src")?, "", Place::Other);
            }
            "meta" => self.meta(element),
            "base" if self.base.is_none() => self.base = Url::parse(attribute("href")?).ok(),
            _ => {}
        }
        None
    }

    fn link(&mut self, url: &str, shown: &str, place: Place) -> Option<usize> {
        if url.get(..11).is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:")) {
            self.reading.traits.event_handlers += 1;
        }
        if self.reading.links.len() == LINKS_MAX {
            self.reading.bounded = self.reading.bounded.or(Some("links"));
            return None;
        }
        self.reading.links.push(RawLink { url: url.to_string(), shown: shown.to_string(), place });
        Some(self.reading.links.len() - 1)
    }

    fn image(&mut self, source: &str, alt: &str) {
        match source.get(..5).map(str::to_ascii_lowercase).as_deref() {
            Some("data:") => {
                self.reading.traits.embedded_images += 1;
                return;
            }
            Some(start) if start.starts_with("cid:") => {
                self.reading.traits.embedded_images += 1;
                return;
            }
            Some(start) if start.starts_with("http") || start.starts_with("//") => {
                self.reading.traits.remote_images += 1;
            }
            Some(_) | None => {}
        }
        self.link(source, alt, Place::Image);
    }

    fn control(&mut self, element: &Element) {
        let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
        let names = ["name", "id", "placeholder"].map(|name| element.attribute(name).unwrap_or_default());
        let asks = names.iter().any(|name| name.to_ascii_lowercase().contains("passw"));
        let typed_into = element.name() == "input" && matches!(kind.as_str(), "" | "text" | "email");
        if kind == "password" || (asks && typed_into) {
            self.reading.traits.password_fields += 1;
        }
        if matches!(kind.as_str(), "submit" | "button" | "reset") {
            self.text(element.attribute("value").unwrap_or_default());
        }
        if let Some(action) = element.attribute("formaction") {
            self.link(action, "", Place::Form);
        }
        if let Some(source) = element.attribute("src").filter(|_| kind == "image") {
            self.image(source, element.attribute("alt").unwrap_or_default());
        }
    }

    fn script(&mut self, text: &str) {
        self.reading.traits.scripts += 1;
        self.reading.traits.obfuscated_scripts += usize::from(script::is_obfuscated(text));
        self.reading.traits.file_builders += usize::from(script::builds_file(text));
    }

    /// `<meta http-equiv=refresh content="0; url=…">`.
    fn meta(&mut self, element: &Element) {
        let is_refresh =
            element.attribute("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("refresh"));
        let Some(content) = element.attribute("content").filter(|_| is_refresh) else { return };
        self.reading.traits.meta_refreshes += 1;
        if let Some(at) = content.to_ascii_lowercase().find("url=") {
            let url = content[at + 4..].trim().trim_matches(['"', '\'']);
            self.link(url, "", Place::Other);
        }
    }

    fn finish(mut self) -> Reading {
        if let Some(base) = &self.base {
            for link in &mut self.reading.links {
                if Url::parse(&link.url).is_err()
                    && let Ok(joined) = base.join(&link.url)
                {
                    link.url = joined.into();
                }
            }
        }
        if self.visible.is_full() || self.hidden.is_full() {
            self.reading.bounded = self.reading.bounded.or(Some("text"));
        }
        self.reading.visible = self.visible.into_text();
        self.reading.hidden = self.hidden.into_text();
        self.reading
    }
}

fn ground(element: &Element, style: &Style) -> Option<Ground> {
    let attribute = || match element.attribute("bgcolor").and_then(colour)? {
        Colour::Solid(rgb) => Some(Ground::Solid(rgb)),
        Colour::Transparent => None,
    };
    match style.background {
        Some(Background::Unknown) => Some(Ground::Unknown),
        Some(Background::Solid(rgb)) => Some(Ground::Solid(rgb)),
        None if element.attribute("background").is_some() => Some(Ground::Unknown),
        None => attribute(),
    }
}

/// The text directly in the siblings from `id` on.
fn text_of(tree: &Tree, mut id: Id) -> String {
    let mut text = String::new();
    while let Some(node) = tree.nodes.get(id as usize) {
        if let Data::Text(piece) = &node.data {
            text.push_str(piece);
        }
        id = node.next;
    }
    text
}

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

fn is_block(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_sorted() {
        assert!(super::BLOCKS.is_sorted());
    }
}

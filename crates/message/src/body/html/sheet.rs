//! Style sheets in the page, as far as mail hides text with them: rules for one class, id or element name.

use std::collections::HashMap;

use super::style::Style;
use super::tree::Element;

/// Rules read of one page; generated ones have some hundreds.
const RULES_MAX: usize = 2_000;

/// The rules that apply everywhere. Those under `@media` are left out: which of them holds depends on the screen.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By selector: `.class`, `#id`, `name`, `name.class`.
    rules: HashMap<String, Style>,
    /// Whether a rule that was left out colours backgrounds.
    unread_backgrounds: bool,
}

impl Sheet {
    /// Adds the rules of one `<style>` element.
    pub(super) fn add(&mut self, css: &str) {
        let mut rest = css;
        while let Some(open) = rest.find('{').filter(|_| self.rules.len() < RULES_MAX) {
            let prelude = rest[..open].rsplit([';', '}']).next().unwrap_or_default();
            let prelude =
                prelude.trim().trim_start_matches("<!--").rsplit("*/").next().unwrap_or_default().trim();
            let at_rule = prelude.starts_with('@');
            let length = block_length(&rest[open..], at_rule);
            let block = rest[open..open + length].trim_start_matches('{').trim_end_matches('}');
            if at_rule {
                self.unread_backgrounds |= block.contains("background");
            } else {
                self.add_rule(prelude, block);
            }
            rest = &rest[open + length..];
        }
    }

    fn add_rule(&mut self, selectors: &str, block: &str) {
        let style = Style::parse(block);
        if style == Style::default() {
            return;
        }
        for selector in selectors.split(',').map(str::trim) {
            if is_simple(selector) {
                self.rules.entry(selector.to_ascii_lowercase()).or_default().overlay(&style);
            } else {
                self.unread_backgrounds |= style.background.is_some();
            }
        }
    }

    /// Whether something may be coloured that we do not know of.
    pub(super) fn has_unread_backgrounds(&self) -> bool {
        self.unread_backgrounds
    }

    /// What the sheet says of `element`, least specific first.
    pub(super) fn style_of(&self, element: &Element) -> Style {
        let mut style = Style::default();
        if self.rules.is_empty() {
            return style;
        }
        let mut lay = |selector: String| {
            if let Some(rule) = self.rules.get(&selector) {
                style.overlay(rule);
            }
        };
        lay(element.name().to_string());
        let classes = element.attribute("class").unwrap_or_default().to_ascii_lowercase();
        for class in classes.split_whitespace().take(50) {
            lay(format!(".{class}"));
            lay(format!("{}.{class}", element.name()));
        }
        if let Some(id) = element.attribute("id") {
            lay(format!("#{}", id.to_ascii_lowercase()));
        }
        style
    }
}

/// One class, id or name, or a name with one class.
fn is_simple(selector: &str) -> bool {
    let letters = selector.strip_prefix(['.', '#']).unwrap_or(selector);
    let one_class = letters.matches('.').count() <= usize::from(letters.len() == selector.len());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !letters.is_empty() && one_class && letters.chars().all(plain)
}

/// The bytes of the block that `text` starts with; blocks nest inside at-rules only.
fn block_length(text: &str, nests: bool) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if nests || depth == 0 => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_outside_media_blocks_are_kept() {
        let mut sheet = Sheet::default();
        sheet.add(
            "@import url(x.css); .a, p.B { display:none } /* note */ #c{opacity:0}\n\
             @media (max-width:600px){ .m{display:none} .n{display:none} } div > .d{display:none} .e{display:none",
        );
        let mut selectors: Vec<_> = sheet.rules.keys().map(String::as_str).collect();
        selectors.sort_unstable();
        assert_eq!(selectors, ["#c", ".a", ".e", "p.b"]);
    }

    #[test]
    fn hostile_sheets_end() {
        for css in ["{".repeat(100_000), "a{".repeat(100_000), "@a{".repeat(50_000), "}".repeat(100_000)] {
            Sheet::default().add(&css);
        }
    }
}

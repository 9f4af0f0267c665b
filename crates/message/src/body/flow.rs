//! Text as it flows onto a page: blanks become one, blocks begin lines, characters without width are left out.

/// What stands between the text written and the text to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

/// Text being put together, at most so many bytes.
#[derive(Debug)]
pub(super) struct Flow {
    text: String,
    gap: Gap,
    bytes_max: usize,
}

impl Flow {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { text: String::new(), gap: Gap::None, bytes_max }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= self.bytes_max
    }

    /// What comes next begins a line.
    pub(super) fn line(&mut self) {
        self.gap = Gap::Line;
    }

    /// What comes next stands apart.
    pub(super) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// Adds `text`; its line ends are kept only when it is preformatted. Returns the number of characters without
    /// width in it.
    pub(super) fn push(&mut self, text: &str, preformatted: bool) -> usize {
        if self.is_full() {
            return 0;
        }
        let mut zero_width = 0;
        for character in text.chars() {
            match character {
                '\n' if preformatted => self.line(),
                blank if blank.is_whitespace() => self.space(),
                '\u{200c}' | '\u{200d}' => {
                    // Joiners shape Persian and Indic words and emoji, but stand in runs where they only fill space.
                    zero_width += 1;
                    if self.gap == Gap::None && !self.text.ends_with(is_zero_width) {
                        self.text.push(character);
                    }
                }
                nothing if is_zero_width(nothing) => zero_width += 1,
                seen => self.write(seen),
            }
        }
        zero_width
    }

    fn write(&mut self, character: char) {
        match self.gap {
            Gap::None => {}
            Gap::Space if self.text.is_empty() => {}
            Gap::Line if self.text.is_empty() => {}
            Gap::Space => self.text.push(' '),
            Gap::Line => self.text.push('\n'),
        }
        self.gap = Gap::None;
        self.text.push(character);
    }

    /// The text from byte `start` on, on one line.
    pub(super) fn since(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default().trim()
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Whether a character takes no place on the page: joiners, soft hyphens, marks nobody sees.
pub(crate) fn is_zero_width(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_flows() {
        let mut flow = Flow::new(100);
        flow.line();
        assert_eq!(flow.push("  one \n two", false), 0);
        flow.line();
        flow.line();
        assert_eq!(flow.push("pay\u{200b}pal\u{ad}", false), 2);
        flow.space();
        flow.push("a\nb", true);
        assert_eq!(flow.into_text(), "one two\npaypal a\nb");
    }

    #[test]
    fn text_is_bounded() {
        let mut flow = Flow::new(4);
        (0..1000).for_each(|_| {
            flow.push("ab", false);
        });
        assert!(flow.is_full());
        assert_eq!(flow.into_text().len(), 4);
    }
}

//! What CSS declarations do to visibility: the few properties that hide text in mail.

/// A colour without transparency.
pub(super) type Rgb = [u8; 3];

/// What one set of declarations says; absent means not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Style {
    /// `display: none` or not.
    pub(super) gone: Option<bool>,
    /// `visibility: hidden` or not.
    pub(super) invisible: Option<bool>,
    /// `opacity` so low that nothing is seen.
    pub(super) transparent: Option<bool>,
    /// A font of at most one pixel.
    pub(super) tiny: Option<bool>,
    /// No height or width, with what overflows cut off.
    no_size: Option<bool>,
    overflow_hidden: Option<bool>,
    /// Moved out of sight.
    moved_away: Option<bool>,
    pub(super) colour: Option<Colour>,
    pub(super) background: Option<Background>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Solid(Rgb),
    Transparent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Background {
    Solid(Rgb),
    /// An image, a gradient, something we do not work out.
    Unknown,
}

impl Style {
    /// Reads declarations (`display:none; color: #fff`).
    pub(super) fn parse(declarations: &str) -> Self {
        let mut style = Self::default();
        for declaration in declarations.split(';').take(DECLARATIONS_MAX) {
            if let Some((property, value)) = declaration.split_once(':') {
                let value = value.trim().to_ascii_lowercase();
                style.set(
                    property.trim().to_ascii_lowercase().as_str(),
                    value.trim_end_matches("!important").trim(),
                );
            }
        }
        style
    }

    fn set(&mut self, property: &str, value: &str) {
        match property {
            "display" => self.gone = Some(value == "none"),
            "visibility" => self.invisible = Some(matches!(value, "hidden" | "collapse")),
            "opacity" => self.transparent = number(value).map(|number| number <= OPACITY_SEEN),
            "font-size" => self.tiny = length_px(value).map(|px| px <= 1.0),
            "font" => {
                self.tiny = value.split_whitespace().find_map(length_px).map(|px| px <= 1.0).or(self.tiny)
            }
            "height" | "max-height" | "width" | "max-width" => {
                if let Some(px) = length_px(value) {
                    self.no_size = Some(self.no_size == Some(true) || px <= 1.0);
                }
            }
            "overflow" | "overflow-y" | "overflow-x" => {
                self.overflow_hidden = Some(value.starts_with("hidden"))
            }
            "text-indent" | "left" | "top" | "margin-left" | "margin-top" => {
                let away = length_px(value).is_some_and(|px| px <= FAR_AWAY_PX);
                self.moved_away = Some(self.moved_away == Some(true) || away);
            }
            "color" => self.colour = colour(value),
            "background-color" | "background" => self.background = background(value).or(self.background),
            "background-image" if value != "none" => self.background = Some(Background::Unknown),
            _ => {}
        }
    }

    /// Lays `later` over this, as the cascade does.
    pub(super) fn overlay(&mut self, later: &Self) {
        let over = |mine: &mut Option<bool>, later: Option<bool>| *mine = later.or(*mine);
        over(&mut self.gone, later.gone);
        over(&mut self.invisible, later.invisible);
        over(&mut self.transparent, later.transparent);
        over(&mut self.tiny, later.tiny);
        over(&mut self.no_size, later.no_size);
        over(&mut self.overflow_hidden, later.overflow_hidden);
        over(&mut self.moved_away, later.moved_away);
        self.colour = later.colour.or(self.colour);
        self.background = later.background.or(self.background);
    }

    /// Whether nothing of the element's box is seen, whatever stands inside.
    pub(super) fn hides_box(&self) -> bool {
        let cut_off = self.no_size == Some(true) && self.overflow_hidden == Some(true);
        self.gone == Some(true) || self.transparent == Some(true) || self.moved_away == Some(true) || cut_off
    }
}

/// Declarations read of one style; generated styles have some dozens.
const DECLARATIONS_MAX: usize = 500;

/// Text fainter than this is not seen on any screen.
const OPACITY_SEEN: f32 = 0.05;

/// Nobody indents visible text this far to the left.
const FAR_AWAY_PX: f32 = -900.0;

fn number(value: &str) -> Option<f32> {
    let end =
        value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    Some(if value[end..].starts_with('%') { number / 100.0 } else { number })
}

/// A length in pixels; relative ones against a font of 16 pixels.
fn length_px(value: &str) -> Option<f32> {
    let end =
        value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    let (digits, unit) = value.split_at(end);
    let number: f32 = digits.parse().ok()?;
    let px = match unit.trim_end_matches([';', ',']).split(['/', ' ']).next().unwrap_or_default() {
        "px" => number,
        "pt" => number * 4.0 / 3.0,
        "em" | "rem" => number * 16.0,
        "%" => number * 0.16,
        _ if number == 0.0 => 0.0,
        _ => return None,
    };
    Some(px)
}

/// The colour names that mail uses to hide text, and the ones it hides text on.
const NAMES: &[(&str, Rgb)] = &[
    ("black", [0, 0, 0]),
    ("blue", [0, 0, 255]),
    ("gray", [128, 128, 128]),
    ("green", [0, 128, 0]),
    ("grey", [128, 128, 128]),
    ("ivory", [255, 255, 240]),
    ("lightgray", [211, 211, 211]),
    ("lightgrey", [211, 211, 211]),
    ("navy", [0, 0, 128]),
    ("red", [255, 0, 0]),
    ("silver", [192, 192, 192]),
    ("snow", [255, 250, 250]),
    ("white", [255, 255, 255]),
    ("whitesmoke", [245, 245, 245]),
    ("yellow", [255, 255, 0]),
];

/// Reads a CSS or HTML colour.
pub(super) fn colour(value: &str) -> Option<Colour> {
    let value = value.trim().to_ascii_lowercase();
    if value == "transparent" {
        return Some(Colour::Transparent);
    }
    if let Ok(index) = NAMES.binary_search_by_key(&value.as_str(), |(name, _)| name) {
        return Some(Colour::Solid(NAMES[index].1));
    }
    match value.strip_prefix("rgb") {
        Some(function) => function_colour(function),
        None => hex_colour(value.trim_start_matches('#')),
    }
}

fn hex_colour(digits: &str) -> Option<Colour> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |range: std::ops::Range<usize>| u8::from_str_radix(digits.get(range)?, 16).ok();
    match digits.len() {
        3 | 4 => Some(Colour::Solid([channel(0..1)? * 17, channel(1..2)? * 17, channel(2..3)? * 17])),
        6 => Some(Colour::Solid([channel(0..2)?, channel(2..4)?, channel(4..6)?])),
        8 if channel(6..8)? == 0 => Some(Colour::Transparent),
        8 => Some(Colour::Solid([channel(0..2)?, channel(2..4)?, channel(4..6)?])),
        _ => None,
    }
}

/// `(1, 2, 3)`, `a(1,2,3,.5)`, `(1 2 3 / 50%)`.
fn function_colour(function: &str) -> Option<Colour> {
    let inner = function.trim_start_matches('a').trim().strip_prefix('(')?;
    let mut channels = inner.split([',', ' ', '/', ')']).filter(|channel| !channel.is_empty());
    let mut channel = || Some(number(channels.next()?)?.clamp(0.0, 255.0) as u8);
    let rgb = [channel()?, channel()?, channel()?];
    match channels.next().and_then(number) {
        Some(alpha) if alpha <= OPACITY_SEEN => Some(Colour::Transparent),
        Some(_) | None => Some(Colour::Solid(rgb)),
    }
}

fn background(value: &str) -> Option<Background> {
    if value.contains("url(") || value.contains("gradient") {
        return Some(Background::Unknown);
    }
    let known = colour(value).or_else(|| value.split_whitespace().find_map(colour));
    match known? {
        Colour::Solid(rgb) => Some(Background::Solid(rgb)),
        Colour::Transparent => None,
    }
}

/// Whether no eye tells the two apart.
pub(super) fn same_to_the_eye(one: Rgb, other: Rgb) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_hidden_by_these() {
        for (declarations, hidden) in [
            ("display:none", true),
            ("DISPLAY : NONE !important", true),
            ("display:none;display:block", false),
            ("opacity:0", true),
            ("opacity: 0.5", false),
            ("max-height:0;overflow:hidden", true),
            ("max-height:0px", false),
            ("width:1px;height:1px;overflow:hidden", true),
            ("text-indent:-9999px", true),
            ("position:absolute;left:-5000px", true),
            ("margin-left:-10px", false),
            ("color:red", false),
            ("", false),
        ] {
            assert_eq!(Style::parse(declarations).hides_box(), hidden, "{declarations}");
        }
    }

    #[test]
    fn small_fonts_are_told() {
        for (declarations, tiny) in [
            ("font-size:0", Some(true)),
            ("font-size:0px", Some(true)),
            ("font-size:1px", Some(true)),
            ("font-size:.05em", Some(true)),
            ("font-size:12px", Some(false)),
            ("font-size:1em", Some(false)),
            ("font:0/0 a", Some(true)),
            ("font:bold 12px/14px Arial", Some(false)),
            ("font-size:small", None),
        ] {
            assert_eq!(Style::parse(declarations).tiny, tiny, "{declarations}");
        }
    }

    #[test]
    fn colours_are_read() {
        for (text, colour_read) in [
            ("#fff", Some(Colour::Solid([255, 255, 255]))),
            ("FFFFFE", Some(Colour::Solid([255, 255, 254]))),
            ("White", Some(Colour::Solid([255, 255, 255]))),
            ("rgb(1, 2, 3)", Some(Colour::Solid([1, 2, 3]))),
            ("rgba(1,2,3,0)", Some(Colour::Transparent)),
            ("rgb(1 2 3 / 0%)", Some(Colour::Transparent)),
            ("#12345600", Some(Colour::Transparent)),
            ("transparent", Some(Colour::Transparent)),
            ("inherit", None),
            ("é", None),
        ] {
            assert_eq!(colour(text), colour_read, "{text}");
        }
        assert!(NAMES.is_sorted_by_key(|(name, _)| name));
    }
}

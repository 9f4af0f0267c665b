//! Tokens: 256 random bits in a cookie or a form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use message::Digest;
use rand::TryRngCore as _;

/// A secret somebody has to show again. `Debug` is left out on purpose.
pub(crate) struct Token(String);

impl Token {
    /// A new one from the system's generator.
    pub(crate) fn fresh() -> Self {
        let mut bytes = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("the system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// One that came in a cookie.
    pub(crate) fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares secrets by their digests, so that time tells nothing about where they differ.
pub(crate) fn equal(given: &str, kept: &str) -> bool {
    !kept.is_empty() && Digest::of(given.as_bytes()) == Digest::of(kept.as_bytes())
}

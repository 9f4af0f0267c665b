//! Passwords: what is accepted, and hashing that cannot starve the rest.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use tokio::sync::Semaphore;

/// NIST SP 800-63B-4 §3.1.1 wants 15 where the password is the only factor and allows 8 beside another; 12 with
/// rate limiting is what people here will bear.
pub(crate) const PASSWORD_CHARS_MIN: usize = 12;

/// Hashing is linear in the length; nobody types more.
const PASSWORD_BYTES_MAX: usize = 1024;

/// Each hashing takes 19 MiB and some 20 ms of a core (argon2id's defaults, RFC 9106 second choice trimmed by OWASP).
const HASHINGS_MAX: usize = 2;

/// Why `password` cannot be used by `account`; `Ok` when it can.
pub(crate) fn acceptable(account: &str, password: &str) -> Result<(), String> {
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(format!(
            "The password has {chars} characters: take at least {PASSWORD_CHARS_MIN}. A few words are fine."
        ));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(format!("The password is longer than {PASSWORD_BYTES_MAX} bytes: take a shorter one."));
    }
    let distinct = password.chars().collect::<std::collections::HashSet<_>>().len();
    if distinct < 5 {
        return Err("The password repeats a few characters: take one that is harder to guess.".into());
    }
    let account = account.to_lowercase();
    if !account.is_empty() && password.to_lowercase().replace(&account, "").chars().count() < 8 {
        return Err("The password is little more than the name: take another.".into());
    }
    Ok(())
}

/// Hashes and checks passwords on the blocking pool, a few at a time.
#[derive(Clone)]
pub(crate) struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HASHINGS_MAX)))
    }
}

impl Hashing {
    /// The PHC string to keep.
    pub(crate) async fn hash(&self, password: String) -> Option<String> {
        self.run(move || hash(&password)).await
    }

    /// Whether `password` is the one behind `kept`. Without an account the same work is done, so that time does not
    /// tell which names exist.
    pub(crate) async fn verify(&self, password: String, kept: Option<String>) -> bool {
        if password.len() > PASSWORD_BYTES_MAX {
            return false;
        }
        self.run(move || match kept {
            Some(kept) => matches(&password, &kept),
            None => {
                matches(&password, &NOBODYS);
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.0.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

/// A hash nobody has the password of.
static NOBODYS: LazyLock<String> =
    LazyLock::new(|| hash(&super::Token::fresh().to_string()).unwrap_or_default());

fn hash(password: &str) -> Option<String> {
    let hashed: PasswordHash = Argon2::default().hash_password(password.as_bytes()).ok()?;
    Some(hashed.to_string())
}

fn matches(password: &str, kept: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), kept).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        for (account, password, good) in [
            ("ann", "four words will do", true),
            ("ann", "short", false),
            ("ann", "aaaaaaaaaaaaaaaa", false),
            ("administrator", "administrator", false),
            ("ann", "ünïcödé-ïs-fïné", true),
        ] {
            assert_eq!(acceptable(account, password).is_ok(), good, "{password}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let hashing = Hashing::default();
        let kept = hashing.hash("four words will do".into()).await.expect("a hash");
        assert!(kept.starts_with("$argon2id$"));
        assert!(hashing.verify("four words will do".into(), Some(kept.clone())).await);
        assert!(!hashing.verify("four words will not".into(), Some(kept)).await);
        assert!(!hashing.verify("four words will do".into(), None).await);
    }
}

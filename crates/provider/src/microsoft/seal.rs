//! The secret in each subscription (`clientState`): which mailbox it is for, and a mark only this installation can
//! make. So a notice is believed without looking anything up.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use verdict::{MailboxId, TenantId};

use super::settings::INSTALLATION_KEY_BYTES_MIN;
use crate::Error;

/// Graph takes no longer ones.
const SEAL_CHARS_MAX: usize = 128;

/// Makes and checks seals for one tenant.
pub(super) struct Seal {
    key: hmac::Key,
    tenant: TenantId,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    pub(super) fn new(installation_key: &[u8], tenant: &TenantId) -> Result<Self, Error> {
        match installation_key.len() < INSTALLATION_KEY_BYTES_MIN {
            true => Err(Error::Misused(format!(
                "the installation key is too short: give at least {INSTALLATION_KEY_BYTES_MIN} random bytes"
            ))),
            false => {
                Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, installation_key), tenant: tenant.clone() })
            }
        }
    }

    /// The seal of `mailbox`: its id (36 characters) and the mark (43).
    pub(super) fn seal(&self, mailbox: &MailboxId) -> String {
        let mark = hmac::sign(&self.key, &self.sealed(mailbox.as_str()));
        format!("{mailbox}.{}", URL_SAFE_NO_PAD.encode(mark))
    }

    /// The mailbox a seal is for, if it is ours; compared in constant time.
    pub(super) fn mailbox(&self, seal: &str) -> Option<MailboxId> {
        if seal.len() > SEAL_CHARS_MAX {
            return None;
        }
        let (mailbox, mark) = seal.rsplit_once('.')?;
        let mark = URL_SAFE_NO_PAD.decode(mark).ok()?;
        hmac::verify(&self.key, &self.sealed(mailbox), &mark).ok()?;
        Some(MailboxId::new(mailbox))
    }

    fn sealed(&self, mailbox: &str) -> Vec<u8> {
        format!("innerward notice\0{}\0{mailbox}", self.tenant).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAILBOX: &str = "6f1ed1a2-3c5b-4d0c-9a35-0123456789ab";

    fn seal_of(key: &[u8], tenant: &str) -> Seal {
        Seal::new(key, &TenantId::new(tenant)).unwrap()
    }

    #[test]
    fn only_our_own_seals_for_this_tenant_are_taken() {
        let ours = seal_of(b"0123456789abcdef", "t1");
        let mailbox = MailboxId::new(MAILBOX);
        let sealed = ours.seal(&mailbox);
        assert!(sealed.len() <= SEAL_CHARS_MAX, "{}", sealed.len());
        assert_eq!(ours.mailbox(&sealed), Some(mailbox.clone()));

        let other_key = seal_of(b"another-key-of-ours", "t1").seal(&mailbox);
        let other_tenant = seal_of(b"0123456789abcdef", "t2").seal(&mailbox);
        let other_mailbox = sealed.replace('6', "7");
        let long = "x".repeat(200);
        for forged in
            [&other_key, &other_tenant, &other_mailbox, "", ".", "secret", &format!("{MAILBOX}."), &long]
        {
            assert_eq!(ours.mailbox(forged), None, "{forged}");
        }
    }

    #[test]
    fn short_keys_are_refused() {
        assert!(matches!(Seal::new(b"short", &TenantId::new("t1")), Err(Error::Misused(_))));
    }
}

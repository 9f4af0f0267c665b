//! Subscriptions: one per mailbox, for every message in it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use verdict::MailboxId;

use super::Microsoft;
use super::changes::utc;
use super::http::{Call, segment, user};
use super::rights::Kind;
use super::wire::Subscription;
use crate::{Error, Watch};

/// Graph's documentation says 4,230 minutes; the answer says what it really is.
const LIFE_MINUTES: i64 = 4_230;

impl Microsoft {
    /// Renews `existing`, or makes a new one.
    pub(super) async fn watch_mailbox(
        &self,
        mailbox: &MailboxId,
        existing: Option<&Watch>,
    ) -> Result<Watch, Error> {
        let now = self.graph.http.clock().now();
        let alive = existing.filter(|watch| watch.mailbox == *mailbox && watch.expires > now);
        if let Some(watch) = alive {
            match self.renew(watch, now).await {
                Err(error) if error.is_gone() => {}
                renewed => return renewed,
            }
        }
        self.subscribe(mailbox, now).await
    }

    pub(super) async fn end_watch(&self, watch: &Watch) -> Result<(), Error> {
        let ended = self.graph.done(Call::delete(Kind::Watch, subscription_path(watch))).await;
        match ended {
            Err(error) if error.is_gone() => Ok(()),
            ended => ended,
        }
    }

    async fn renew(&self, watch: &Watch, now: Timestamp) -> Result<Watch, Error> {
        let body = json!({ "expirationDateTime": utc(now + life()) });
        let call = Call::patch(Kind::Watch, subscription_path(watch), &body).of(&watch.mailbox);
        read(self.graph.json(call).await?, &watch.mailbox)
    }

    async fn subscribe(&self, mailbox: &MailboxId, now: Timestamp) -> Result<Watch, Error> {
        let Some(notice_url) = &self.notice_url else {
            return Err(Error::Misused(
                "no notice address is set: give this server's public https address, or rely on the sweep"
                    .into(),
            ));
        };
        let body = self.subscription(mailbox, notice_url, now);
        let made = self.graph.json(Call::post(Kind::Watch, "/subscriptions", &body).of(mailbox)).await;
        match made {
            Ok(subscription) => read(subscription, mailbox),
            // Graph tries the address before it answers; 400 is its way to say that this failed.
            Err(Error::Broken { what, .. }) if what.contains(" 400 ") => Err(Error::Misused(format!(
                "Microsoft cannot use the notice address {notice_url}: it must be https with a publicly trusted \
                 certificate, reachable from the internet, and answer within 10 seconds ({what})"
            ))),
            Err(error) => Err(error),
        }
    }

    fn subscription(&self, mailbox: &MailboxId, notice_url: &str, now: Timestamp) -> Value {
        json!({
            "changeType": "created",
            "notificationUrl": notice_url,
            "lifecycleNotificationUrl": self.lifecycle_url.as_deref().unwrap_or(notice_url),
            "resource": format!("{}/messages", user(mailbox)),
            "expirationDateTime": utc(now + life()),
            "clientState": self.seal.seal(mailbox),
        })
    }
}

fn life() -> SignedDuration {
    SignedDuration::from_mins(LIFE_MINUTES)
}

fn subscription_path(watch: &Watch) -> String {
    format!("/subscriptions/{}", segment(&watch.id))
}

fn read(subscription: Subscription, mailbox: &MailboxId) -> Result<Watch, Error> {
    let expires = subscription
        .expiration_date_time
        .parse()
        .map_err(|_| Error::broken("a subscription without a readable end"))?;
    Ok(Watch { id: subscription.id, mailbox: mailbox.clone(), expires })
}

//! The journey, in order. It stays on one screen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use message::{Address, Organisation};
use provider::Provider;
use signal::{Person, Setting};
use store::{Mailbox, Recorded, Store};
use tokio::sync::Notify;
use verdict::{Policy, Target, TenantId};

use crate::gather::{Gatherer, Judging};
use crate::intake::{self, Taken};
use crate::progress::Sweeps;
use crate::{Clock, Trouble, act, record};

/// One customer.
#[derive(Debug)]
pub struct Tenant {
    /// The word for the provider in addresses: `microsoft`.
    pub provider_name: &'static str,
    pub provider: Arc<dyn Provider>,
    pub policy: Arc<Policy>,
    /// Mail received before this is not ours to judge.
    pub protected_since: Timestamp,
    /// People worth impersonating, by the organisation's own word.
    pub vips: BTreeSet<Address>,
    /// What is known of the organisation; replaced whole when people come and go.
    setting: RwLock<Arc<Setting>>,
}

impl Tenant {
    /// A tenant of which only the organisation itself is known so far.
    pub fn new(
        provider_name: &'static str,
        provider: Arc<dyn Provider>,
        policy: Policy,
        organisation: Organisation,
        protected_since: Timestamp,
        vips: BTreeSet<Address>,
    ) -> Self {
        let setting = Setting { organisation, people: Vec::new() };
        Self {
            provider_name,
            provider,
            policy: Arc::new(policy),
            protected_since,
            vips,
            setting: RwLock::new(Arc::new(setting)),
        }
    }

    /// What is known now.
    pub fn setting(&self) -> Arc<Setting> {
        self.setting.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over who has a mailbox.
    pub fn learn_people(&self, mailboxes: &[Mailbox]) {
        let people = mailboxes
            .iter()
            .filter(|mailbox| mailbox.active)
            .map(|mailbox| Person {
                name: mailbox.name.clone(),
                addresses: mailbox.addresses.clone(),
                vip: mailbox.addresses.iter().any(|address| self.vips.contains(address)),
            })
            .collect();
        let mut setting = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        *setting = Arc::new(Setting { organisation: setting.organisation.clone(), people });
    }
}

/// Everything a journey needs.
#[derive(Debug)]
pub struct Journey {
    pub store: Arc<dyn Store>,
    pub tenants: BTreeMap<TenantId, Tenant>,
    pub gatherer: Gatherer,
    pub clock: Arc<dyn Clock>,
    /// How far each mailbox is followed.
    pub sweeps: Sweeps,
    /// Rung when mailboxes came or watches went, so that the next round of watches comes at once.
    pub watches_changed: Notify,
    judging: Judging,
}

impl Journey {
    /// Puts the parts together; nothing runs yet.
    pub fn new(
        store: Arc<dyn Store>,
        tenants: BTreeMap<TenantId, Tenant>,
        gatherer: Gatherer,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            tenants,
            gatherer,
            clock,
            sweeps: Sweeps::default(),
            watches_changed: Notify::new(),
            judging: Judging::default(),
        }
    }

    /// Takes one copy from its mailbox to a plan on record, which queues what there is to do. Doing it again is harmless.
    pub async fn take(&self, target: &Target, attempts: u32) -> Result<(), Trouble> {
        let tenant = self.tenant(&target.tenant)?;
        if self.store.delivery(target).await?.is_some_and(|delivery| delivery.verdict.is_some()) {
            return Ok(());
        }
        let copy = match intake::fetch(&*tenant.provider, target, attempts, tenant.protected_since).await? {
            Taken::Copy(copy) => copy,
            Taken::Nothing(why) => {
                tracing::debug!(mailbox = %target.mailbox, why, "nothing to judge");
                return Ok(());
            }
        };
        if copy.truncated {
            tracing::warn!(mailbox = %target.mailbox, "a message is longer than we take: judged by its first bytes");
        }
        let setting = tenant.setting();
        let read = self.gatherer.read(&copy.bytes, &setting).await?;
        let delivery = intake::arrive(&*self.store, target, &copy, &read, self.clock.now()).await?;
        let _alone = self.judging.alone(delivery.arrival.digest).await;
        let case = match self.store.case(&delivery.arrival.digest, &tenant.policy.scoring().version()).await?
        {
            Some(case) => case,
            None => {
                self.gatherer.judge(&read, &copy.bytes, &delivery, &setting, tenant, self.clock.now()).await?
            }
        };
        record::record(&*self.store, &tenant.policy, &delivery, &case, self.clock.now()).await?;
        Ok(())
    }

    /// Goes on with plans on record, all of one tenant; answers plan by plan.
    pub async fn act(&self, tenant: &TenantId, plans: &[Recorded]) -> Vec<Result<(), Trouble>> {
        match self.tenant(tenant) {
            Ok(tenant) => act::carry_out(&*self.store, &*tenant.provider, plans, self.clock.now()).await,
            Err(trouble) => {
                let why = trouble.to_string();
                plans.iter().map(|_| Err(Trouble::Doubtful { why: why.clone() })).collect()
            }
        }
    }

    pub(crate) fn tenant(&self, id: &TenantId) -> Result<&Tenant, Trouble> {
        self.tenants.get(id).ok_or_else(|| Trouble::Doubtful { why: format!("tenant {id} is not connected") })
    }
}

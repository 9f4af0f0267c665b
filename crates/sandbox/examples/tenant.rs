//! A tenant on loopback until Enter or Ctrl-C, for trying things by hand and for the vendor's own clients.
//!
//! `cargo run -p sandbox --example tenant -- [--https PORT] [--smtp PORT] [--ca FILE]` prints one line of JSON with
//! everything a client needs.
#![allow(clippy::print_stdout, reason = "the line is what this program is for")]

use sandbox::{App, Sandbox, Tenant};
use uuid::Uuid;

const ROLES: &[&str] = &[
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "MailboxSettings.ReadWrite",
    "User.Read.All",
    "User.EnableDisableAccount.All",
    "User.RevokeSessions.All",
    "Organization.Read.All",
    "AuditLog.Read.All",
    "ExchangeMessageTrace.Read.All",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client_id = Uuid::from_u128(0x1111_2222_3333_4444_5555_6666_7777_8888);
    let bare = Uuid::from_u128(0x9999_2222_3333_4444_5555_6666_7777_8888);
    let secret = "the example tenant's secret";
    let mut tenant = Tenant::new("Example Tenant", "tenant.example")
        .person("Ann Archer", "ann@tenant.example")
        .person("Bo Baker", "bo@tenant.example")
        .person("Cy Cooper", "cy@tenant.example")
        .app(App::with_secret(client_id, "Vendor client", secret, ROLES).consented())
        .app(App::with_secret(bare, "App without rights", secret, &[]).consented());
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--https" => tenant.ports.https = value.parse()?,
            "--smtp" => tenant.ports.smtp = value.parse()?,
            "--ca" => tenant.ca_pem_path = Some(value.into()),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let running = Sandbox::start(tenant).await?;
    let facts = serde_json::json!({
        "https_url": running.https_url, "smtp_addr": running.smtp_addr, "tenant_id": running.tenant_id(),
        "client_id": client_id, "client_secret": secret, "client_without_rights": bare,
    });
    println!("{facts}");
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}

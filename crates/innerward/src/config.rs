//! The settings file of `serve`, read once.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use message::organisation::Network;
use message::{Address, Domain};
use secrecy::SecretString;
use serde::Deserialize;
use verdict::Mode;

use crate::exit::misuse;

/// What `serve` needs to know. Unknown keys are refused: a misspelt one must not be a silent default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default = "default_data")]
    pub(crate) data: PathBuf,
    #[serde(default = "default_listen")]
    pub(crate) listen: SocketAddr,
    /// Scheme, host and port under which browsers and the provider reach us.
    pub(crate) public_url: Option<String>,
    /// Where the provider posts notices, when it is not `public_url`: a tunnel, or the sandbox on this machine.
    pub(crate) notice_url: Option<String>,
    pub(crate) tls: Option<Tls>,
    /// Whether to ask the DNS about authentication at the boundary.
    #[serde(default = "yes")]
    pub(crate) dns: bool,
    /// Seconds between two sweeps: how late mail is judged at worst when notices fail.
    #[serde(default = "default_sweep_s")]
    pub(crate) sweep_s: u64,
    #[serde(default, rename = "tenant")]
    pub(crate) tenants: Vec<TenantConfig>,
}

/// Above, nobody would call it protection.
const SWEEP_S: std::ops::RangeInclusive<u64> = 1..=3600;

/// A certificate for the listener; without it a reverse proxy has to speak TLS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// One organisation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantConfig {
    pub(crate) provider: ProviderName,
    /// Microsoft's directory (tenant) id.
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    /// A file that holds the client secret and nothing else.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// PEM files of a client certificate and its key, instead of a secret.
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
    #[serde(default)]
    pub(crate) cloud: CloudName,
    /// Addresses of a cloud that is none of Microsoft's (the sandbox).
    pub(crate) login_url: Option<String>,
    pub(crate) graph_url: Option<String>,
    /// PEM of a certificate authority to trust besides the system's.
    pub(crate) ca: Option<PathBuf>,
    #[serde(default)]
    pub(crate) mode: ModeName,
    #[serde(default)]
    pub(crate) vips: Vec<String>,
    /// Networks and host names of the organisation's own gateways.
    #[serde(default)]
    pub(crate) gateways: Vec<String>,
    #[serde(default)]
    pub(crate) gateway_hosts: Vec<String>,
    /// Further own domains, besides those the provider names.
    #[serde(default)]
    pub(crate) domains: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProviderName {
    Microsoft,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CloudName {
    #[default]
    Global,
    UsGovL4,
    UsGovL5,
    China,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModeName {
    Monitor,
    #[default]
    Remediate,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Monitor => Self::Monitor,
            ModeName::Remediate => Self::Remediate,
        }
    }
}

fn default_data() -> PathBuf {
    "innerward-data".into()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

/// Two minutes: notices find mail in seconds, the sweep what they miss.
fn default_sweep_s() -> u64 {
    120
}

fn yes() -> bool {
    true
}

impl Config {
    /// Reads and checks a settings file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return misuse(format!(
                    "the settings file {shown} cannot be read ({error}): name one with --config"
                ));
            }
        };
        match toml::from_str::<Self>(&text) {
            Ok(config) => config.checked(&shown.to_string()),
            Err(error) => misuse(format!("{shown}: {error}")),
        }
    }

    fn checked(self, shown: &str) -> anyhow::Result<Self> {
        if self.tenants.is_empty() {
            return misuse(format!("{shown} names no [[tenant]]: there is nothing to protect"));
        }
        if !SWEEP_S.contains(&self.sweep_s) {
            return misuse(format!("{shown}: sweep_s {} is not between 1 and 3600", self.sweep_s));
        }
        if let Some(url) = self.public_url.as_deref().filter(|url| !url.starts_with("https://")) {
            return misuse(format!(
                "{shown}: public_url {url} must begin with https:// for the provider to send notices"
            ));
        }
        if let Some(url) = self.notice_url.as_deref().filter(|url| !may_take_notices(url)) {
            return misuse(format!(
                "{shown}: notice_url {url} must begin with https://; http:// is for loopback addresses like \
                 http://127.0.0.1:8080"
            ));
        }
        Ok(self)
    }

    /// Scheme, host and port the provider posts to; `None`: there are no notices.
    pub(crate) fn notices_at(&self) -> Option<&str> {
        self.notice_url.as_deref().or(self.public_url.as_deref()).map(|url| url.trim_end_matches('/'))
    }
}

/// Plain HTTP never leaves this machine: what a notice says is a hint, but which mailbox has mail is nobody's business.
fn may_take_notices(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let is_loopback = url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    });
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

impl TenantConfig {
    /// The client secret, without the newline an editor puts behind it.
    pub(crate) fn secret(&self) -> anyhow::Result<Option<SecretString>> {
        let Some(path) = &self.client_secret_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).or_else(|error| {
            misuse(format!("cannot read the client secret from {}: {error}", path.display()))
        })?;
        Ok(Some(SecretString::from(text.trim())))
    }

    pub(crate) fn vips(&self) -> anyhow::Result<BTreeSet<Address>> {
        parse_all(&self.vips, "vips", "an address like ann@example.com", Address::parse)
    }

    pub(crate) fn domains(&self) -> anyhow::Result<BTreeSet<Domain>> {
        parse_all(&self.domains, "domains", "a domain like example.com", Domain::parse)
    }

    pub(crate) fn gateway_hosts(&self) -> anyhow::Result<BTreeSet<Domain>> {
        parse_all(&self.gateway_hosts, "gateway_hosts", "a host like mx.example.com", Domain::parse)
    }

    pub(crate) fn gateways(&self) -> anyhow::Result<Vec<Network>> {
        let parse = |text: &String| {
            Network::parse(text).map_or_else(
                || misuse(format!("gateways: {text} is no network: write it like 192.0.2.0/24")),
                Ok,
            )
        };
        self.gateways.iter().map(parse).collect()
    }
}

fn parse_all<T: Ord>(
    texts: &[String],
    key: &str,
    wanted: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<BTreeSet<T>> {
    let one =
        |text: &String| parse(text).map_or_else(|| misuse(format!("{key}: {text} is not {wanted}")), Ok);
    texts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "[[tenant]]\nprovider = \"microsoft\"\ntenant = \"t\"\nclient_id = \"c\"\n";

    fn read(text: &str) -> anyhow::Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("innerward.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path)
    }

    #[test]
    fn a_short_file_is_enough() {
        let config = read(TENANT).unwrap();
        assert_eq!(config.tenants[0].mode, ModeName::Remediate);
        assert_eq!(config.listen.port(), 8080);
    }

    #[test]
    fn notices_go_to_the_public_address_unless_another_is_named() {
        let public = "public_url = \"https://ward.example.com/\"\n";
        for (text, at) in [
            ("", None),
            (public, Some("https://ward.example.com")),
            ("notice_url = \"http://127.0.0.1:8080\"\n", Some("http://127.0.0.1:8080")),
            ("notice_url = \"http://[::1]:8080\"\n", Some("http://[::1]:8080")),
            (&format!("{public}notice_url = \"https://n.example.com\"\n"), Some("https://n.example.com")),
        ] {
            assert_eq!(read(&format!("{text}{TENANT}")).unwrap().notices_at(), at, "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, named) in [
            ("", "names no [[tenant]]"),
            ("dat = 1\n", "unknown field `dat`"),
            (&format!("public_url = \"http://ward.example.com\"\n{TENANT}"), "must begin with https://"),
            (&format!("notice_url = \"http://ward.example.com\"\n{TENANT}"), "must begin with https://"),
            (&format!("notice_url = \"http://127.0.0.1.example.com\"\n{TENANT}"), "must begin with https://"),
            (&format!("sweep_s = 0\n{TENANT}"), "sweep_s 0 is not between 1 and 3600"),
            (&format!("{TENANT}mode = \"hold\"\n"), "unknown variant `hold`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
        let config = read(&format!("{TENANT}vips = [\"ann\"]\ngateways = [\"192.0.2.0/40\"]\n")).unwrap();
        assert!(config.tenants[0].vips().unwrap_err().to_string().contains("vips: ann is not"));
        assert!(config.tenants[0].gateways().unwrap_err().to_string().contains("192.0.2.0/40"));
    }
}

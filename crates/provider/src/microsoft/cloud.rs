//! Where Microsoft 365 is: the worldwide cloud, the national ones, and addresses of one's own (the sandbox).

use reqwest::Url;

use crate::Error;

/// A Microsoft cloud; tokens of one are worth nothing in another.
/// Hosts: Microsoft Graph documentation, `concepts/deployments.md`. GCC (without High) uses the worldwide hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    #[default]
    Global,
    /// US Government L4 (GCC High).
    UsGov,
    /// US Government L5 (DoD).
    UsGovDod,
    /// Operated by 21Vianet.
    China,
    /// Addresses without a path, e.g. `https://127.0.0.1:8443`. Plain http is refused, except to this machine itself.
    Custom { login: String, graph: String },
}

/// The addresses of a cloud, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hosts {
    /// Without a slash at the end.
    pub(super) login: String,
    /// Without a slash at the end.
    pub(super) graph: String,
    /// What a token is asked for.
    pub(super) scope: String,
}

impl Cloud {
    pub(super) fn hosts(&self) -> Result<Hosts, Error> {
        let (login, graph, resource) = match self {
            Self::Global => (
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com",
                "https://graph.microsoft.com",
            ),
            Self::UsGov => (
                "https://login.microsoftonline.us",
                "https://graph.microsoft.us",
                "https://graph.microsoft.us",
            ),
            Self::UsGovDod => (
                "https://login.microsoftonline.us",
                "https://dod-graph.microsoft.us",
                "https://dod-graph.microsoft.us",
            ),
            Self::China => (
                "https://login.chinacloudapi.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://microsoftgraph.chinacloudapi.cn",
            ),
            Self::Custom { login, graph } => (login.as_str(), graph.as_str(), "https://graph.microsoft.com"),
        };
        let scope = format!("{resource}/.default");
        Ok(Hosts { login: checked(login)?, graph: checked(graph)?, scope })
    }
}

fn checked(address: &str) -> Result<String, Error> {
    let refuse = |why: &str| Error::Misused(format!("the cloud address {address} {why}"));
    let url = Url::parse(address).map_err(|_| refuse("is no URL: give scheme, host and port"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        _ if !bare => Err(refuse("has more than scheme, host and port: leave out the rest")),
        "https" => Ok(address.trim_end_matches('/').to_owned()),
        "http" if local => Ok(address.trim_end_matches('/').to_owned()),
        _ => Err(refuse("is not https: secrets would travel in the open")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(address: &str) -> Cloud {
        Cloud::Custom { login: address.into(), graph: address.into() }
    }

    #[test]
    fn each_cloud_has_its_own_token_scope() {
        for (cloud, scope) in [
            (Cloud::Global, "https://graph.microsoft.com/.default"),
            (Cloud::UsGov, "https://graph.microsoft.us/.default"),
            (Cloud::UsGovDod, "https://dod-graph.microsoft.us/.default"),
            (Cloud::China, "https://microsoftgraph.chinacloudapi.cn/.default"),
            (custom("https://127.0.0.1:8443/"), "https://graph.microsoft.com/.default"),
        ] {
            assert_eq!(cloud.hosts().unwrap().scope, scope);
        }
        assert_eq!(custom("https://127.0.0.1:8443/").hosts().unwrap().graph, "https://127.0.0.1:8443");
    }

    #[test]
    fn unsafe_and_unusable_addresses_are_refused() {
        for bad in
            ["http://graph.example.com", "graph.example.com", "https://graph.example.com/v1.0", "ftp://a"]
        {
            assert!(matches!(custom(bad).hosts(), Err(Error::Misused(_))), "{bad}");
        }
        assert!(custom("http://127.0.0.1:8080").hosts().is_ok());
    }
}

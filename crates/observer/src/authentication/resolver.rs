//! Whom the DNS questions go to.

use std::fmt;
use std::net::SocketAddr;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::system_conf::read_system_conf;
use mail_auth::{MessageAuthenticator, Parameters};

use super::answers::Answers;
use super::bounds;
use crate::Error;

/// Answers kept, positive and negative, each for its time to live.
const ANSWERS_KEPT: u64 = 50_000;

/// Real name servers, or a table.
pub struct Resolver {
    authenticator: MessageAuthenticator,
    /// Empty and switched off when the questions go to name servers.
    answers: Answers,
}

impl Resolver {
    /// The name servers the system uses.
    pub fn system() -> Result<Self, Error> {
        let (config, _) = read_system_conf().map_err(|error| Error::NoResolver(error.to_string()))?;
        Self::of(config, Answers::none())
    }

    /// One name server.
    pub fn server(address: SocketAddr) -> Result<Self, Error> {
        let on_port = |mut connection: ConnectionConfig| {
            connection.port = address.port();
            connection
        };
        let connections = vec![on_port(ConnectionConfig::udp()), on_port(ConnectionConfig::tcp())];
        let server = NameServerConfig::new(address.ip(), true, connections);
        Self::of(ResolverConfig::from_parts(None, vec![], vec![server]), Answers::none())
    }

    /// A table; the network is never asked.
    pub fn offline(answers: Answers) -> Result<Self, Error> {
        Self::of(ResolverConfig::from_parts(None, vec![], vec![]), answers)
    }

    fn of(config: ResolverConfig, answers: Answers) -> Result<Self, Error> {
        let mut options = ResolverOpts::default();
        options.timeout = bounds::LOOKUP;
        options.attempts = 1;
        options.cache_size = ANSWERS_KEPT;
        // Off: with some servers validation never ends, and no result here would differ.
        options.validate = false;
        let authenticator = MessageAuthenticator::new(config, options)
            .map_err(|error| Error::NoResolver(error.to_string()))?;
        Ok(Self { authenticator, answers })
    }

    pub(super) fn authenticator(&self) -> &MessageAuthenticator {
        &self.authenticator
    }

    /// The parameters of a check, with the table to look in first.
    pub(super) fn parameters<P>(
        &self,
        check: P,
    ) -> Parameters<'_, P, Answers, Answers, Answers, Answers, Answers> {
        Parameters::new(check)
            .with_txt_cache(&self.answers)
            .with_mx_cache(&self.answers)
            .with_ptr_cache(&self.answers)
            .with_ipv4_cache(&self.answers)
            .with_ipv6_cache(&self.answers)
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resolver({:?})", self.answers)
    }
}

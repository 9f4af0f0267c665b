//! `X-MS-Exchange-*` and what else Exchange writes about a message (Microsoft: "Header firewall", "Enhanced
//! filtering for connectors"; the rest is read off real mail). Exchange removes or renames such fields on mail from
//! outside, so what stands here is its own word as long as Exchange had the message last.

use std::net::IpAddr;

use super::lexer;
use crate::{Domain, ip};

/// Everything Exchange wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// `X-MS-Exchange-Organization-*`: of the organisation that has the message.
    pub organization: Stamp,
    /// `X-MS-Exchange-CrossTenant-*`: of the last tenant that wrote them.
    pub cross_tenant: Stamp,
    /// `X-MS-Exchange-CrossPremises-*`: of a first pass, on mail that went through a connector.
    pub cross_premises: Stamp,
    /// `X-MS-Exchange-ExternalOriginalInternetSender`: enhanced filtering looked behind the gateway and found this
    /// sender.
    pub external_original_sender: Option<InternetSender>,
    /// `X-MS-Exchange-SkipListedInternetSender`: the sender in front of the hops that were skipped.
    pub skip_listed_sender: Option<InternetSender>,
    /// `X-OriginatorOrg`: verified domain of the sending tenant.
    pub originator_org: Option<Domain>,
    /// `X-EOPAttributedMessage`: 0 a first pass, 1 and more a later one.
    pub eop_attributed: Option<u32>,
    /// `X-EOPTenantAttributedMessage`: the tenant the mail was attributed to.
    pub eop_tenant: Option<String>,
    /// `X-MS-Exchange-EOPDirect: true`.
    pub is_eop_direct: bool,
    /// `X-CustomSpam`: what the advanced spam filter options said, one text a field.
    pub custom_spam: Vec<String>,
    /// `X-Sender-IP`.
    pub sender_ip: Option<IpAddr>,
    /// `X-SID-PRA`: the purported responsible address.
    pub sender_id_address: Option<String>,
    /// `X-SID-Result`, in lower case.
    pub sender_id_result: Option<String>,
    /// `X-CrossPremisesHeadersPromoted`: fields of the first pass were taken over on return.
    pub is_promoted: bool,
    /// `X-OrganizationHeadersPreserved` or `X-CrossPremisesHeadersFiltered`: the mail went through a connector.
    pub is_through_connector: bool,
    /// `X-MS-Exchange-SenderADCheck`: 1 when the sender was found in the sending organisation's directory.
    pub is_sender_in_directory: Option<bool>,
    /// `X-Message-Delivery`: the SCL the consumer service delivered with.
    pub delivered_scl: Option<i8>,
}

/// The fields that stand once per scope (`Organization`, `CrossTenant`, `CrossPremises`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub auth_as: Option<AuthAs>,
    /// The server that decided `auth_as`.
    pub auth_source: Option<String>,
    /// Hexadecimal, as written.
    pub auth_mechanism: Option<String>,
    pub scl: Option<i8>,
    /// Phishing confidence: 1 to 3 neutral, 4 to 8 suspicious.
    pub pcl: Option<i8>,
    pub directionality: Option<Directionality>,
    pub network_message_id: Option<String>,
    /// `-Id`: the tenant.
    pub tenant_id: Option<String>,
    pub from_entity: Option<FromEntity>,
    /// `-OriginalAttributedTenantConnectingIp`: who connected to the tenant the mail was first attributed to.
    pub connecting: Option<Connecting>,
    /// `-OriginalClientIPAddress`.
    pub client_ip: Option<IpAddr>,
    /// `-MessageSource`, such as `StoreDriver` or `SMTP`.
    pub message_source: Option<String>,
    /// `-TransportTrafficType`, such as `Email`.
    pub traffic_type: Option<String>,
}

/// As what the sending side was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthAs {
    Anonymous,
    Internal,
    External,
    Partner,
}

/// Seen from the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directionality {
    Incoming,
    Originating,
}

/// Where the sender's mailbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromEntity {
    Internet,
    /// In this service.
    Hosted,
    /// On an Exchange server of the organisation's own.
    HybridOnPrem,
}

/// `ip=[192.0.2.1];domain=mx.a.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternetSender {
    pub ip: IpAddr,
    pub host: Option<String>,
}

/// `TenantId=…;Ip=[192.0.2.1];Helo=[mx.a.example]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connecting {
    pub tenant_id: Option<String>,
    pub ip: Option<IpAddr>,
    pub helo: Option<String>,
}

impl Exchange {
    /// Takes one field in; those of others are passed over. Of several with one name the last counts: Exchange
    /// writes at the end of the header section, so what came with the message stands above.
    pub(crate) fn take(&mut self, name: &str, value: &str) {
        if let Some(rest) = name.strip_prefix("x-ms-exchange-") {
            match rest.split_once('-') {
                Some(("organization", key)) => self.organization.take(key, value),
                Some(("crosstenant", key)) => self.cross_tenant.take(key, value),
                Some(("crosspremises", key)) => self.cross_premises.take(key, value),
                _ => self.take_exchange(rest, value),
            }
            return;
        }
        match name {
            "x-originatororg" => self.originator_org = Domain::parse(value),
            "x-eopattributedmessage" => self.eop_attributed = value.parse().ok(),
            "x-eoptenantattributedmessage" => self.eop_tenant = value.split(':').next().map(str::to_owned),
            "x-customspam" if self.custom_spam.len() < 50 => self.custom_spam.push(value.to_owned()),
            "x-sender-ip" => self.sender_ip = ip::read(value),
            "x-sid-pra" => self.sender_id_address = Some(value.to_owned()),
            "x-sid-result" => self.sender_id_result = Some(value.to_ascii_lowercase()),
            "x-crosspremisesheaderspromoted" => self.is_promoted = true,
            "x-organizationheaderspreserved" | "x-crosspremisesheadersfiltered" => {
                self.is_through_connector = true
            }
            "x-message-delivery" => self.delivered_scl = super::antispam::message_delivery_scl(value),
            _ => {}
        }
    }

    fn take_exchange(&mut self, key: &str, value: &str) {
        match key {
            "externaloriginalinternetsender" => self.external_original_sender = InternetSender::parse(value),
            "skiplistedinternetsender" => self.skip_listed_sender = InternetSender::parse(value),
            "eopdirect" => self.is_eop_direct = value.eq_ignore_ascii_case("true"),
            "senderadcheck" => self.is_sender_in_directory = Some(value == "1"),
            _ => {}
        }
    }

    /// The tenant that had the message last.
    pub fn tenant_id(&self) -> Option<&str> {
        self.cross_tenant.tenant_id.as_deref().or(self.eop_tenant.as_deref())
    }
}

impl Stamp {
    fn take(&mut self, key: &str, value: &str) {
        match key {
            "authas" => self.auth_as = AuthAs::parse(value),
            "authsource" => self.auth_source = Some(value.to_owned()),
            "authmechanism" => self.auth_mechanism = Some(value.to_owned()),
            "scl" => self.scl = value.parse().ok(),
            "pcl" => self.pcl = value.parse().ok(),
            "messagedirectionality" => self.directionality = Directionality::parse(value),
            "network-message-id" => self.network_message_id = Some(value.to_ascii_lowercase()),
            "id" => self.tenant_id = Some(value.to_ascii_lowercase()),
            "fromentityheader" => self.from_entity = FromEntity::parse(value),
            "originalattributedtenantconnectingip" => self.connecting = Some(Connecting::parse(value)),
            "originalclientipaddress" => self.client_ip = ip::read(value),
            "messagesource" => self.message_source = Some(value.to_owned()),
            "transporttraffictype" => self.traffic_type = Some(value.to_owned()),
            _ => {}
        }
    }
}

impl AuthAs {
    fn parse(value: &str) -> Option<Self> {
        match value.to_ascii_lowercase().as_str() {
            "anonymous" => Some(Self::Anonymous),
            "internal" => Some(Self::Internal),
            "external" => Some(Self::External),
            "partner" => Some(Self::Partner),
            _ => None,
        }
    }
}

impl Directionality {
    fn parse(value: &str) -> Option<Self> {
        match value.to_ascii_lowercase().as_str() {
            "incoming" => Some(Self::Incoming),
            "originating" => Some(Self::Originating),
            _ => None,
        }
    }
}

impl FromEntity {
    fn parse(value: &str) -> Option<Self> {
        match value.to_ascii_lowercase().as_str() {
            "internet" => Some(Self::Internet),
            "hosted" => Some(Self::Hosted),
            "hybridonprem" => Some(Self::HybridOnPrem),
            _ => None,
        }
    }
}

impl InternetSender {
    fn parse(value: &str) -> Option<Self> {
        let ip = tag(value, "ip").as_deref().and_then(ip::read)?;
        Some(Self { ip, host: tag(value, "domain") })
    }
}

impl Connecting {
    fn parse(value: &str) -> Self {
        Self {
            tenant_id: tag(value, "tenantid"),
            ip: tag(value, "ip").as_deref().and_then(ip::read),
            helo: tag(value, "helo"),
        }
    }
}

/// The value of one tag, without brackets.
fn tag(value: &str, name: &str) -> Option<String> {
    let (_, found) = lexer::tags(value).take(20).find(|(key, _)| key == name)?;
    let found = found.trim_matches(['[', ']']);
    (!found.is_empty()).then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(fields: &[(&str, &str)]) -> Exchange {
        let mut exchange = Exchange::default();
        for (name, value) in fields {
            exchange.take(&name.to_ascii_lowercase(), value);
        }
        exchange
    }

    #[test]
    fn each_scope_is_kept_apart() {
        let read = exchange(&[
            ("X-MS-Exchange-Organization-AuthAs", "Anonymous"),
            ("X-MS-Exchange-Organization-SCL", "-1"),
            ("X-MS-Exchange-Organization-MessageDirectionality", "Incoming"),
            ("X-MS-Exchange-Organization-Network-Message-Id", "ABC"),
            ("X-MS-Exchange-CrossTenant-Id", "T1"),
            ("X-MS-Exchange-CrossTenant-FromEntityHeader", "HybridOnPrem"),
            ("X-MS-Exchange-CrossPremises-SCL", "5"),
            ("X-MS-Exchange-CrossPremises-OriginalClientIPAddress", "192.0.2.3"),
        ]);
        assert_eq!(read.organization.auth_as, Some(AuthAs::Anonymous));
        assert_eq!(read.organization.scl, Some(-1));
        assert_eq!(read.organization.directionality, Some(Directionality::Incoming));
        assert_eq!(read.organization.network_message_id.as_deref(), Some("abc"));
        assert_eq!(read.tenant_id(), Some("t1"));
        assert_eq!(read.cross_tenant.from_entity, Some(FromEntity::HybridOnPrem));
        assert_eq!(read.cross_premises.scl, Some(5));
        assert_eq!(read.cross_premises.client_ip, Some("192.0.2.3".parse().unwrap()));
    }

    #[test]
    fn the_sender_behind_a_gateway_is_read() {
        let read = exchange(&[
            ("X-MS-Exchange-ExternalOriginalInternetSender", "ip=[192.0.2.9];domain=mx.a.example"),
            ("X-MS-Exchange-SkipListedInternetSender", "ip=[2001:db8::9];domain=b.example"),
            (
                "X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp",
                "TenantId=t1;Ip=[192.0.2.4];Helo=[h]",
            ),
        ]);
        let sender = read.external_original_sender.unwrap();
        assert_eq!(
            (sender.ip.to_string().as_str(), sender.host.as_deref()),
            ("192.0.2.9", Some("mx.a.example"))
        );
        assert_eq!(read.skip_listed_sender.unwrap().ip.to_string(), "2001:db8::9");
        let connecting = read.cross_tenant.connecting.unwrap();
        assert_eq!(connecting.helo.as_deref(), Some("h"));
        assert_eq!(connecting.ip, Some("192.0.2.4".parse().unwrap()));
    }

    #[test]
    fn junk_is_missing() {
        let read = exchange(&[
            ("X-MS-Exchange-Organization-AuthAs", "Root"),
            ("X-MS-Exchange-Organization-SCL", "high"),
            ("X-MS-Exchange-ExternalOriginalInternetSender", "ip=[];domain="),
            ("X-EOPAttributedMessage", "-"),
        ]);
        assert_eq!(read, Exchange::default());
    }
}

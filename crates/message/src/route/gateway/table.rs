//! The table of products. Host names and header fields come from vendors' documents and from real mail; networks
//! from vendors' published ranges.

use super::true_ip::{Form, TrueIp};
use super::{Gateway, Profile, Role};

/// What most rows have in common.
const NONE: Profile = Profile {
    gateway: Gateway::Own,
    name: "",
    role: Role::Gateway,
    hosts: &[],
    networks: &[],
    headers: &[],
    true_ip: &[],
};

const fn field(field: &'static str, form: Form) -> TrueIp {
    TrueIp { field, form, beside: None }
}

/// In the order of [`Gateway`].
pub(super) static PROFILES: [Profile; 34] = [
    Profile {
        gateway: Gateway::Area1,
        name: "Cloudflare Area 1",
        hosts: &["mxrecord.io", "mxrecord.mx", "area1security.com"],
        headers: &["x-cfemailsecurity-*", "x-area1security-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Avanan,
        name: "Check Point Harmony Email (Avanan)",
        role: Role::Loop,
        hosts: &["avanan.net", "cloud-sec-av.com", "avanan.com", "mt.checkpoint.com"],
        headers: &["x-cloud-sec-av-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::BarracudaAppliance,
        name: "Barracuda Email Security Gateway",
        headers: &["x-barracuda-*", "x-asg-*"],
        true_ip: &[
            field("X-Barracuda-Apparent-Source-IP", Form::Bare),
            field("X-Barracuda-Effective-Source-IP", Form::NameAndAddress),
            field("X-Barracuda-Connect", Form::NameAndAddress),
        ],
        ..NONE
    },
    Profile {
        gateway: Gateway::BarracudaCloud,
        name: "Barracuda Email Protection",
        hosts: &["barracudanetworks.com", "barracuda.com", "cudaops.com"],
        networks: &["209.222.80.0/21", "64.235.144.0/20"],
        headers: &["x-bess-*"],
        true_ip: &[field("X-BESS-Apparent-Source-IP", Form::Bare)],
        ..NONE
    },
    Profile {
        gateway: Gateway::Bitdefender,
        name: "Bitdefender Email Security",
        hosts: &["scanscope.net", "mx-security.bitdefender.com"],
        headers: &["x-bitdefender-*", "x-bitdefenderwks-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::CiscoIronPort,
        name: "Cisco Secure Email (IronPort)",
        hosts: &["iphmx.com"],
        networks: &["68.232.128.0/19", "216.71.128.0/19", "207.54.64.0/19", "139.138.32.0/19"],
        headers: &[
            "x-ironport-*",
            "ironport-*",
            "x-cse-connectionguid",
            "x-cse-msgguid",
            "x-threatscanner-verdict",
        ],
        true_ip: &[field("X-IronPort-RemoteIP", Form::Bare)],
        ..NONE
    },
    Profile {
        gateway: Gateway::Cloudmark,
        name: "Cloudmark",
        hosts: &["cloudmark.com"],
        headers: &[
            "x-cmae-*",
            "x_cmae_category",
            "x-cm-analysis",
            "x-cm-envelope",
            "x-cnfs-analysis",
            "x-authority-analysis",
        ],
        ..NONE
    },
    Profile {
        gateway: Gateway::CodeTwo,
        name: "CodeTwo Email Signatures",
        role: Role::Loop,
        hosts: &["codetwo.com"],
        headers: &["x-codetwo*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Eset,
        name: "ESET Mail Security",
        headers: &["x-eset-*", "x-esetresult", "x-esetid", "x-i-eset-as"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Exclaimer,
        name: "Exclaimer",
        role: Role::Loop,
        hosts: &["exclaimer.net", "exclaimer.com"],
        headers: &["x-exclaimer*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Expurgate,
        name: "eleven eXpurgate",
        hosts: &["expurgate.net", "expurgate.de", "antispam.de"],
        headers: &["x-purgate*", "x-toi-expurgateid"],
        ..NONE
    },
    Profile {
        gateway: Gateway::FireEye,
        name: "Trellix Email Security (FireEye ETP)",
        hosts: &["fireeyecloud.com", "fireeyegov.com", "etp.trellix.com"],
        headers: &["x-fireeye", "x-fe-etp-*", "x-fireeye-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Forcepoint,
        name: "Forcepoint Email Security",
        hosts: &["mailcontrol.com"],
        networks: &[
            "85.115.32.0/19",
            "86.111.216.0/21",
            "116.50.56.0/21",
            "208.87.232.0/21",
            "103.1.196.0/22",
        ],
        headers: &["x-mailcontrol*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::FortiMail,
        name: "FortiMail",
        hosts: &["fortimailcloud.com", "fortimail.com"],
        headers: &[
            "x-feas-*",
            "x-fe-policy-id",
            "x-fe-macro",
            "x-fe-attachment-name",
            "x-fe-last-public-client-ip",
        ],
        true_ip: &[field("X-FEAS-Client-IP", Form::Bare), field("X-FE-Last-Public-Client-IP", Form::Bare)],
        ..NONE
    },
    Profile {
        gateway: Gateway::Hornetsecurity,
        name: "Hornetsecurity",
        hosts: &["hornetsecurity.com", "antispameurope.com"],
        networks: &["83.246.65.0/24", "94.100.128.0/20", "173.45.18.0/24", "185.140.204.0/22"],
        headers: &["x-antispameurope-*", "x-hornetsecurity-*", "x-cloud-security-*"],
        true_ip: &[
            field("X-antispameurope-Connect", Form::NameAndAddress),
            field("X-cloud-security-connect", Form::NameAndAddress),
        ],
        ..NONE
    },
    Profile {
        gateway: Gateway::Kaspersky,
        name: "Kaspersky Secure Mail Gateway",
        headers: &["x-ksmg-*", "x-kse-*", "x-klms-*", "x-kaspersky*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Libraesva,
        name: "Libraesva ESG",
        hosts: &["esvacloud.com", "libraesva.com"],
        headers: &["x-libraesva-*", "x-libra-esva*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::MailGuard,
        name: "MailGuard",
        hosts: &["mailguard.com.au"],
        headers: &["x-mailguard-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::MailMarshal,
        name: "Trustwave MailMarshal",
        hosts: &["mailmarshal.cloud"],
        headers: &["x-mailmarshal*", "x-seg-spamprofiler-*", "x-msw-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::MailRoute,
        name: "MailRoute",
        hosts: &["mailroute.net"],
        headers: &["x-mailroute-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Mimecast,
        name: "Mimecast",
        hosts: &["mimecast.com", "mimecast.co.za", "mimecast-offshore.com", "mimecast.lan"],
        networks: &[
            "205.139.110.0/23",
            "207.211.30.0/23",
            "63.128.21.0/24",
            "216.205.24.0/24",
            "170.10.128.0/21",
            "185.58.84.0/22",
            "195.130.217.0/24",
            "91.220.42.0/24",
            "146.101.78.0/24",
            "51.163.158.0/23",
            "62.140.7.0/24",
            "62.140.10.0/24",
            "194.104.108.0/22",
            "103.13.69.0/24",
            "103.96.20.0/22",
            "124.47.150.0/24",
            "124.47.189.0/24",
            "41.74.192.0/20",
        ],
        headers: &["x-mc-unique", "x-mimecast-*"],
        ..NONE
    },
    Profile { gateway: Gateway::Own, name: "own gateway", ..NONE },
    Profile {
        gateway: Gateway::Proofpoint,
        name: "Proofpoint",
        hosts: &["pphosted.com", "gpphosted.com", "ppops.net", "pps.filterd"],
        networks: &[
            "67.231.144.0/20",
            "148.163.128.0/19",
            "205.220.160.0/19",
            "185.132.180.0/22",
            "185.183.28.0/22",
            "91.207.212.0/23",
        ],
        headers: &["x-proofpoint-*", "x-clx-shades", "x-clx-response", "x-pfpt-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::ProofpointEssentials,
        name: "Proofpoint Essentials",
        hosts: &["ppe-hosted.com"],
        headers: &["x-mdid", "x-ppe-*", "x-mdid-o"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Retarus,
        name: "Retarus",
        hosts: &["retarus.com", "retarus.de"],
        headers: &["x-retarus-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::SeppMail,
        name: "SEPPmail",
        role: Role::Loop,
        hosts: &["seppmail.cloud", "seppmail.ch"],
        headers: &["x-sepp-*", "x-sm-outgoing", "x-sm-incoming"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Sophos,
        name: "Sophos Email",
        hosts: &["hydra.sophos.com", "reflexion.net"],
        headers: &["x-sophos-*", "x-lased-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::SpamExperts,
        name: "N-able Mail Assure (SpamExperts)",
        hosts: &["antispamcloud.com", "spamexperts.com", "mailspamprotection.com", "spamexperts.net"],
        headers: &["x-spamexperts-*", "x-spampanel-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::SpamTitan,
        name: "SpamTitan",
        hosts: &["spamtitan.com"],
        headers: &["x-spamtitan-*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Symantec,
        name: "Symantec Email Security.cloud",
        hosts: &["messagelabs.com", "messagelabs.net", "symcld.net"],
        networks: &[
            "67.219.240.0/20",
            "85.158.136.0/21",
            "193.109.254.0/23",
            "194.106.220.0/23",
            "195.245.230.0/23",
            "216.82.240.0/20",
            "117.120.16.0/21",
            "95.131.104.0/21",
            "46.226.48.0/21",
        ],
        headers: &[
            "x-msg-ref",
            "x-env-sender",
            "x-brightmail-tracker",
            "x-symc-*",
            "x-starscan-*",
            "x-viruschecked",
        ],
        true_ip: &[TrueIp { field: "X-Originating-IP", form: Form::Bare, beside: Some("X-Msg-Ref") }],
        ..NONE
    },
    Profile {
        gateway: Gateway::Tessian,
        name: "Tessian",
        role: Role::Loop,
        hosts: &["getcheckrecipient.com", "tessian.com", "tessian-platform.com"],
        headers: &["x-checkrecipient*", "x-tessian*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::TrendMicro,
        name: "Trend Micro Email Security",
        hosts: &["trendmicro.com", "trendmicro.eu", "trendmicro.co.jp", "imsva"],
        networks: &["150.70.224.0/21", "18.208.22.64/26", "18.185.115.0/25", "3.114.209.0/25"],
        headers: &["x-tm-*", "x-tmase-*"],
        true_ip: &[field("X-TM-Received-SPF", Form::ClientIp), field("X-TM-AS-ERS", Form::Dashed)],
        ..NONE
    },
    Profile {
        gateway: Gateway::Vade,
        name: "Vade",
        hosts: &["vadesecure.com", "vadecloud.com"],
        headers: &["x-vade-*", "x-vadesecure-*", "x-vr-*", "x-razorgate-vade*"],
        ..NONE
    },
    Profile {
        gateway: Gateway::Zix,
        name: "Zix (AppRiver)",
        hosts: &["appriver.com", "arsmtp.com", "zixcorp.com", "zixsmbhosted.com"],
        headers: &["x-zixnet", "x-note-ar-*"],
        ..NONE
    },
];

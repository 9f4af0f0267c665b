//! The mail of `corpus/`, built into the program.

use anyhow::{Context as _, Result};
use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "../../corpus"]
#[include = "*.eml"]
#[include = "*.toml"]
struct Files;

/// Messages that carry a mailbox's own headers already; they are for reading, not for delivering.
const AS_DELIVERED: &str = "as-delivered/";

/// `organisation.toml`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Organisation {
    pub(crate) name: String,
    pub(crate) tenant_id: String,
    pub(crate) domains: Vec<String>,
    pub(crate) people: Vec<Person>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) address: String,
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) department: Option<String>,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) vip: bool,
}

/// One message and what is true of it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// `family/what-it-shows`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) facts: Facts,
}

/// The `.toml` beside a message, as far as delivering needs it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Facts {
    pub(crate) direction: String,
    #[serde(default)]
    pub(crate) sender: String,
    #[serde(default)]
    pub(crate) recipients: Vec<String>,
    pub(crate) client_ip: Option<String>,
    pub(crate) helo: Option<String>,
    pub(crate) day: u8,
    pub(crate) time: String,
    #[serde(default)]
    pub(crate) native: toml::Table,
}

impl Facts {
    /// Minutes from the start of the week.
    pub(crate) fn minute(&self) -> i64 {
        let (hours, minutes) = self.time.split_once(':').unwrap_or(("0", "0"));
        let number = |text: &str| text.parse::<i64>().unwrap_or(0);
        i64::from(self.day) * 24 * 60 + number(hours) * 60 + number(minutes)
    }

    /// Whether the native filter kept it from the mailbox altogether.
    pub(crate) fn is_kept_by_the_native_filter(&self) -> bool {
        self.native.get("dest").and_then(toml::Value::as_str) == Some("quarantine")
    }

    /// The native verdict in the form the sandbox's edge takes: `SCL=5;SFV=SPM;…`.
    pub(crate) fn verdict(&self) -> String {
        let pairs = self.native.iter().filter_map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let (key, text) = match key.as_str() {
                "dest" => ("DEST".to_owned(), if text == "junk" { "J".to_owned() } else { "I".to_owned() }),
                "dmarc_action" => ("ACTION".to_owned(), text),
                "compauth_reason" => ("REASON".to_owned(), text),
                "auth_as" => ("AUTHAS".to_owned(), text),
                other => (other.to_uppercase(), text),
            };
            (!text.contains(';')).then(|| format!("{key}={text}"))
        });
        pairs.collect::<Vec<_>>().join(";")
    }
}

/// The organisation.
pub(crate) fn organisation() -> Result<Organisation> {
    let file =
        Files::get("organisation.toml").context("the program was built without corpus/organisation.toml")?;
    Ok(toml::from_str(std::str::from_utf8(&file.data)?)?)
}

/// Every message that is to be delivered, in the order of the week.
pub(crate) fn week() -> Result<Vec<Sample>> {
    let names = Files::iter().filter(|name| name.ends_with(".eml") && !name.starts_with(AS_DELIVERED));
    let mut samples = names.map(|name| sample(&name)).collect::<Result<Vec<_>>>()?;
    samples.sort_by_key(|sample| sample.facts.minute());
    Ok(samples)
}

fn sample(name: &str) -> Result<Sample> {
    let stem = name.trim_end_matches(".eml");
    let bytes = Files::get(name).with_context(|| format!("corpus/{name} is not built in"))?;
    let facts =
        Files::get(&format!("{stem}.toml")).with_context(|| format!("corpus/{stem}.toml is missing"))?;
    let facts =
        toml::from_str(std::str::from_utf8(&facts.data)?).with_context(|| format!("corpus/{stem}.toml"))?;
    Ok(Sample { name: stem.to_owned(), bytes: bytes.data.into_owned(), facts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_is_built_in_and_goes_to_people_of_the_organisation() {
        let organisation = organisation().unwrap();
        assert_eq!(organisation.people.len(), 25);
        let known: Vec<String> = organisation
            .people
            .iter()
            .flat_map(|person| person.aliases.iter().chain([&person.address]))
            .map(|address| address.to_lowercase())
            .collect();
        let week = week().unwrap();
        assert!(week.len() >= 120, "{} messages", week.len());
        for sample in week.iter().filter(|sample| sample.facts.direction == "inbound") {
            for recipient in &sample.facts.recipients {
                assert!(known.contains(&recipient.to_lowercase()), "{}: {recipient}", sample.name);
            }
        }
    }
}

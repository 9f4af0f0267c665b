//! Trouble while setting an observer up; once it runs, trouble is an answer.

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system does not say which name servers to ask, or they cannot be used.
    #[error("no name server can be used: {0}; name one in the settings")]
    NoResolver(String),
    /// A line of an offline table is not `name TYPE value`.
    #[error("line {line} of the offline answers: {why}")]
    Answers { line: usize, why: String },
}

//! How a command ends: 0 fine, 1 found something, 2 misuse, 3 trouble outside.

use std::io::Write as _;
use std::process::ExitCode;

/// The endings, with the exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Fine,
    /// A check failed, or something was found that wants looking at.
    Found,
    Misuse,
    Outside,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Fine => 0,
            Ending::Found => 1,
            Ending::Misuse => 2,
            Ending::Outside => 3,
        })
    }
}

/// An error whose cause is the command line or the settings: exit code 2. All others are trouble outside.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misuse(pub(crate) String);

/// Shorthand for returning a [`Misuse`].
pub(crate) fn misuse<T>(text: impl Into<String>) -> anyhow::Result<T> {
    Err(Misuse(text.into()).into())
}

/// Prints the error with its causes on standard error.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    // A closed pipe (`innerward explain … | head`) is the reader's choice, not trouble.
    if error.chain().any(is_closed_pipe) {
        return Ending::Fine.into();
    }
    let text: Vec<String> = error.chain().map(ToString::to_string).collect();
    let _ = writeln!(std::io::stderr(), "innerward: {}", text.join(": "));
    ending_of(error).into()
}

fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

fn ending_of(error: &anyhow::Error) -> Ending {
    let misused = error.chain().any(|cause| {
        cause.is::<Misuse>()
            || matches!(
                cause.downcast_ref::<store::Error>(),
                Some(store::Error::Newer { .. } | store::Error::InUse { .. } | store::Error::Misused(_))
            )
            || matches!(cause.downcast_ref::<provider::Error>(), Some(provider::Error::Misused(_)))
    });
    if misused { Ending::Misuse } else { Ending::Outside }
}

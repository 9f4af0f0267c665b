//! Which provider, and how to reach it.

use std::sync::Arc;

use crate::microsoft::{Microsoft, MicrosoftSettings};
use crate::{Error, Provider};

/// The settings of one provider.
#[derive(Clone, Debug)]
pub enum Settings {
    Microsoft(MicrosoftSettings),
}

/// Makes the provider these settings describe. Nothing is asked of it yet: that is [`Provider::check`].
pub fn open(settings: Settings) -> Result<Arc<dyn Provider>, Error> {
    match settings {
        Settings::Microsoft(settings) => Ok(Arc::new(Microsoft::new(settings)?)),
    }
}
